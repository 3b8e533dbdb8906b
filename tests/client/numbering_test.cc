#include "clients/cpp/numbering.h"

#include <catch2/catch.hpp>

namespace commonwatch::test {

using client::Numbering;

TEST_CASE("Numbering knows no sequence before the first contact") {
  const Numbering numbering;
  CHECK_FALSE(numbering.sequence_of(1));
  CHECK_FALSE(numbering.index_of(1));
}

TEST_CASE("Numbering maps both ways, and a sequence of somebody else to nothing") {
  Numbering numbering;
  numbering.number_from(1, 101);
  numbering.number_from(11, 201);
  CHECK(numbering.sequence_of(10) == 110);
  CHECK(numbering.sequence_of(11) == 201);
  CHECK(numbering.index_of(110) == 10);
  CHECK(numbering.index_of(205) == 15);
  CHECK_FALSE(numbering.index_of(100));
  CHECK_FALSE(numbering.index_of(150));
}

TEST_CASE("Numbering from an earlier index replaces what stood behind it") {
  Numbering numbering;
  numbering.number_from(1, 101);
  numbering.number_from(11, 201);
  numbering.number_from(5, 4);
  CHECK(numbering.sequence_of(4) == 104);
  CHECK(numbering.sequence_of(20) == 19);
  CHECK(numbering.index_of(19) == 20);
}

}  // namespace commonwatch::test
