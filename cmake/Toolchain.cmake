# Compiler, linker and sanitizers.
find_program(CCACHE_PROGRAM ccache)
if(CCACHE_PROGRAM)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE_PROGRAM})
endif()
find_program(MOLD_PROGRAM mold)
if(MOLD_PROGRAM)
  add_link_options(-fuse-ld=mold)
endif()

if(COMMONWATCH_SANITIZER)
  # A report needs lines and names, not variables: without -g1 finding those takes g++ long.
  add_compile_options(-fsanitize=${COMMONWATCH_SANITIZER} -fno-omit-frame-pointer -g1)
  add_link_options(-fsanitize=${COMMONWATCH_SANITIZER})
endif()
if(COMMONWATCH_SANITIZER MATCHES thread)
  # Asio uses fences, which the sanitizer does not model; g++ says so for each.
  add_compile_options($<$<CXX_COMPILER_ID:GNU>:-Wno-tsan>)
endif()
if(COMMONWATCH_FUZZ)
  # Not what checks calls through pointers to functions: clang 14 cannot put its mark before a coroutine
  # ("Cannot represent a difference across sections").
  add_compile_options(-fsanitize=fuzzer-no-link,address,undefined -fno-sanitize=function)
  add_link_options(-fsanitize=address,undefined)
endif()

if(COMMONWATCH_SANITIZER MATCHES address OR COMMONWATCH_FUZZ)
  add_compile_options($<$<COMPILE_LANGUAGE:CXX>:-include${CMAKE_CURRENT_LIST_DIR}/abseil_as_installed.h>)
endif()

# Debian's Boost 1.81 picks coroutines up by itself; g++ 12 warns wrongly in its own headers
# when it inlines them (-Wmaybe-uninitialized, -Wrestrict, and -Wmismatched-new-delete under the
# address sanitizer), so those stay off.
add_library(commonwatch_warnings INTERFACE)
target_compile_options(commonwatch_warnings INTERFACE
  -Wall -Wextra -Wpedantic -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Wcast-align
  -Woverloaded-virtual -Wimplicit-fallthrough -Werror
  $<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized -Wno-restrict -Wno-stringop-overread
    -Wno-mismatched-new-delete>)
