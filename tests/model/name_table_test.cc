#include "hub/model/name_table.h"

#include <catch2/catch.hpp>

namespace commonwatch::model {

TEST_CASE("names beyond those that can be told apart are one, also in a table that was restored") {
  NameTable names;
  for (int number = 0; number < 65'535; ++number) {
    REQUIRE(names.index_of("p/" + std::to_string(number)) == number);
  }
  CHECK(names.index_of("p/late") == 65'535);
  CHECK(names.index_of("q/later") == 65'535);
  CHECK(names.index_of("p/7") == 7);
  CHECK(names.name(65'535) == "(others)");
  CHECK(names.size() == 65'536);

  NameTable restored;
  for (const std::string& name : names.names()) restored.index_of(name);
  CHECK(restored.names() == names.names());
  CHECK(restored.index_of("p/late") == 65'535);
}

}  // namespace commonwatch::model
