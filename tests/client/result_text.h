// How Catch2 writes a client's result when a check fails.
#pragma once

#include <catch2/catch.hpp>
#include <string>

#include "clients/cpp/fault.h"

template <class T>
struct Catch::StringMaker<boost::system::result<T, commonwatch::client::Fault>> {
  static std::string convert(const boost::system::result<T, commonwatch::client::Fault>& result) {
    return result ? "a value" : "fault: " + result.error().message;
  }
};
