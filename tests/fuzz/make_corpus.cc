// Writes the inputs that only the hub's own encoders can make: `fuzz_make_corpus
// tests/fuzz/corpus`. What is text, or a message of the protocol, is kept as it was written by hand
// (protoc --encode).
#include <filesystem>
#include <iostream>

#include "tests/fuzz/made_inputs.h"

int main(int count, char** given) {
  if (count != 2) {
    std::cerr << "usage: fuzz_make_corpus CORPUS\n";
    return 2;
  }
  const std::filesystem::path corpus = given[1];
  commonwatch::fuzz::make_storage(corpus);
  commonwatch::fuzz::make_texts(corpus);
  commonwatch::fuzz::make_states(corpus);
}
