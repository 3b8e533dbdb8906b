# Everything comes from Debian's packages; deploy/install-deps lists them.
find_package(Threads REQUIRED)
find_package(Boost 1.81 REQUIRED COMPONENTS json)
find_package(OpenSSL 3.0 REQUIRED)
find_package(Protobuf 3.21 REQUIRED)
find_package(RocksDB 7.8 REQUIRED)
find_package(ZLIB REQUIRED)
find_package(spdlog REQUIRED)
find_package(prometheus-cpp REQUIRED)
find_package(tomlplusplus REQUIRED)
find_package(CLI11 REQUIRED)
find_package(PkgConfig REQUIRED)
pkg_check_modules(ZSTD REQUIRED IMPORTED_TARGET libzstd)
pkg_check_modules(JEMALLOC REQUIRED IMPORTED_TARGET jemalloc)

# Debian's libs2 brings neither a CMake nor a pkg-config file.
find_library(S2_LIBRARY s2 REQUIRED)
find_path(S2_INCLUDE_DIR s2/s2cell_id.h REQUIRED)
add_library(s2 INTERFACE IMPORTED)
target_link_libraries(s2 INTERFACE ${S2_LIBRARY} OpenSSL::Crypto)
target_include_directories(s2 SYSTEM INTERFACE ${S2_INCLUDE_DIR})

find_package(absl REQUIRED)

# Beast and Asio are compiled once, here, and only declared elsewhere.
add_library(commonwatch_asio STATIC ${CMAKE_SOURCE_DIR}/cmake/asio_separate_compilation.cc)
target_compile_definitions(commonwatch_asio PUBLIC
  BOOST_ASIO_SEPARATE_COMPILATION BOOST_BEAST_SEPARATE_COMPILATION BOOST_ASIO_NO_DEPRECATED)
target_link_libraries(commonwatch_asio PUBLIC Boost::headers OpenSSL::SSL Threads::Threads)
