// Before everything else in a build with the address sanitizer. Abseil lays out its trees otherwise
// where a compiler has that sanitizer, and the installed libs2 was built where none had: with both in
// one program a polygon's index never ends.
#include <absl/base/config.h>

#undef ABSL_HAVE_ADDRESS_SANITIZER
