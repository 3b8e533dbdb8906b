# What the sanitizers are told in every test and in whatever a test starts. ctest reads this before it
# runs anything; what the caller's environment says comes last and wins. No program of ours ends with
# status 99, so that no test that expects a failure takes a report for it.
#
# Tests that look at the memory of a process are told that most of it is the sanitizer's.
set(ENV{COMMONWATCH_SANITIZED} 1)
set(always "halt_on_error=1:exitcode=99")
set(suppressions "suppressions=${CMAKE_CURRENT_LIST_DIR}/tsan.supp")
set(ENV{ASAN_OPTIONS} "${always}:detect_leaks=1:$ENV{ASAN_OPTIONS}")
set(ENV{UBSAN_OPTIONS} "${always}:print_stacktrace=1:$ENV{UBSAN_OPTIONS}")
set(ENV{TSAN_OPTIONS} "${always}:second_deadlock_stack=1:${suppressions}:$ENV{TSAN_OPTIONS}")
