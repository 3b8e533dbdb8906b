#include "hub/session/websocket_framing.h"

#include <catch2/catch.hpp>
#include <string>
#include <vector>

namespace commonwatch::session {
namespace {

using Found = FrameDecoder::Found;

constexpr std::size_t kBytesMax = 1000;
constexpr std::uint32_t kPartsMax = 50;
constexpr MessageBounds kBounds{kBytesMax, kPartsMax};

// A frame as a client sends it. `first`: final bit, reserved bits, opcode.
std::string client_frame(unsigned char first, std::string payload) {
  const std::string header(FrameHeader(Opcode::kBinary, payload.size()).bytes());
  std::string frame(1, static_cast<char>(first));
  frame += static_cast<char>(static_cast<unsigned char>(header[1]) | 0x80U);
  frame += header.substr(2);
  const std::string mask = "\x11\x22\x33\x44";
  for (std::size_t i = 0; i < payload.size(); ++i) {
    payload[i] = static_cast<char>(payload[i] ^ mask[i % 4]);
  }
  return frame + mask + payload;
}
std::string binary(const std::string& payload) { return client_frame(0x82, payload); }
std::string text(const std::string& payload) { return client_frame(0x81, payload); }

// What was found in these bytes, given in pieces of `size`; messages and controls by their content.
std::vector<std::string> decode(const std::string& bytes, std::size_t size) {
  FrameDecoder decoder;
  std::vector<std::string> all;
  for (std::size_t at = 0; at < bytes.size(); at += size) {
    std::string_view piece = std::string_view(bytes).substr(at, size);
    for (;;) {
      const Found found = decoder.take(piece, kBounds);
      if (found == Found::kNothing) break;
      if (found == Found::kMessage) {
        all.push_back((decoder.is_text() ? "text " : "binary ") + decoder.take_message());
      }
      if (found == Found::kPing) all.push_back("ping " + decoder.control());
      if (found == Found::kPong) all.push_back("pong " + decoder.control());
      if (found == Found::kClose) all.push_back("close " + decoder.control());
      if (found == Found::kTooLarge) return all.emplace_back("too large"), all;
      if (found == Found::kViolation) {
        all.push_back("violation " + std::to_string(decoder.close_code()));
        return all;
      }
    }
    CHECK(piece.empty());
  }
  return all;
}
std::vector<std::string> decode(const std::string& bytes) { return decode(bytes, bytes.size()); }
using List = std::vector<std::string>;

TEST_CASE("a header says the length in the fewest bytes") {
  CHECK(FrameHeader(Opcode::kBinary, 125).bytes() == "\x82\x7d");
  CHECK(FrameHeader(Opcode::kText, 126).bytes() == std::string("\x81\x7e\x00\x7e", 4));
  CHECK(FrameHeader(Opcode::kBinary, 65'535).bytes() == "\x82\x7e\xff\xff");
  CHECK(FrameHeader(Opcode::kBinary, 65'536).bytes() ==
        std::string("\x82\x7f\0\0\0\0\0\x01\0\0", 10));
  for (const std::size_t size : {0U, 125U, 126U, 65'535U, 65'536U}) {
    CHECK(FrameHeader(Opcode::kBinary, size).bytes().size() == FrameHeader::size_of(size));
  }
}

TEST_CASE("messages are found whatever the pieces in which they come") {
  const std::string large(900, 'x');
  const std::string bytes = binary("first") + text("z\xc3\xbc") + binary("") + binary(large);
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    REQUIRE(decode(bytes, size) ==
            List{"binary first", "text z\xc3\xbc", "binary ", "binary " + large});
  }
}

TEST_CASE("fragments make one message, and controls may stand between them") {
  const std::string bytes = client_frame(0x01, "one ") + client_frame(0x89, "are you there") +
                            client_frame(0x00, "two ") + client_frame(0x80, "three");
  for (std::size_t size = 1; size <= bytes.size(); ++size) {
    REQUIRE(decode(bytes, size) == List{"ping are you there", "text one two three"});
  }
}

TEST_CASE("what breaks the protocol is a violation") {
  CHECK(decode(std::string("\x82\x01x", 3)) == List{"violation 1002"});  // not masked
  CHECK(decode(client_frame(0xc2, "reserved bit")) == List{"violation 1002"});
  CHECK(decode(client_frame(0x83, "unknown opcode")) == List{"violation 1002"});
  CHECK(decode(client_frame(0x8b, "unknown control")) == List{"violation 1002"});
  CHECK(decode(client_frame(0x09, "a ping in fragments")) == List{"violation 1002"});
  CHECK(decode(client_frame(0x89, std::string(126, 'p'))) == List{"violation 1002"});
  CHECK(decode(client_frame(0x80, "nothing to continue")) == List{"violation 1002"});
  CHECK(decode(client_frame(0x02, "one") + binary("another")) == List{"violation 1002"});
  // Lengths that could be said shortlier, and one above 2^63.
  CHECK(decode(std::string("\x82\xfe\x00\x05\0\0\0\0hello", 13)) == List{"violation 1002"});
  CHECK(decode(std::string("\x82\xff\0\0\0\0\0\0\xff\xff\0\0\0\0", 14)) == List{"violation 1002"});
  CHECK(decode(std::string("\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14)) == List{"violation 1002"});
}

TEST_CASE("a goodbye has a code that may be sent and a reason in UTF-8, or nothing") {
  CHECK(decode(client_frame(0x88, "")) == List{"close "});
  CHECK(decode(client_frame(0x88, "\x03\xe8 done")) == List{"close \x03\xe8 done"});
  CHECK(decode(client_frame(0x88, "x")) == List{"violation 1002"});
  for (const unsigned code : {0U, 999U, 1004U, 1005U, 1006U, 1015U, 2999U, 5000U}) {
    const std::string payload{static_cast<char>(code >> 8U), static_cast<char>(code & 0xffU)};
    CHECK(decode(client_frame(0x88, payload)) == List{"violation 1002"});
  }
  CHECK(decode(client_frame(0x88, "\x03\xe8\xff")) == List{"violation 1002"});
}

TEST_CASE("text that is not UTF-8 is a violation, binary may hold anything") {
  CHECK(decode(text("\xff")) == List{"violation 1007"});
  CHECK(decode(client_frame(0x01, "\xc3") + client_frame(0x80, "\xbc")) == List{"text \xc3\xbc"});
  CHECK(decode(binary("\xff")) == List{"binary \xff"});
}

TEST_CASE("a message above the limit is named before it has come") {
  CHECK(decode(binary(std::string(kBytesMax, 'x'))) ==
        List{"binary " + std::string(kBytesMax, 'x')});
  CHECK(decode(binary(std::string(kBytesMax + 1, 'x')).substr(0, 8)) == List{"too large"});
  CHECK(decode(client_frame(0x02, std::string(kBytesMax, 'x')) + client_frame(0x80, "y")) ==
        List{"too large"});
}

TEST_CASE("an endless row of empty fragments is too large") {
  std::string bytes = client_frame(0x02, "");
  for (std::uint32_t i = 1; i < kPartsMax; ++i) bytes += client_frame(0x00, "");
  CHECK(decode(bytes).empty());
  CHECK(decode(bytes + client_frame(0x00, "")) == List{"too large"});
}

TEST_CASE("of a message that is not whole it holds what came, not what was announced") {
  FrameDecoder decoder;
  const std::string bytes = client_frame(0x02, std::string(200, 'x')) +
                            client_frame(0x89, "ping") +
                            client_frame(0x80, std::string(300, 'y'));
  std::string_view piece = std::string_view(bytes).substr(0, 108);  // 100 behind the header
  REQUIRE(decoder.take(piece, kBounds) == Found::kNothing);
  CHECK(decoder.unfinished_bytes() == 100);
  std::string_view left = std::string_view(bytes).substr(108);
  REQUIRE(decoder.take(left, kBounds) == Found::kPing);
  CHECK(decoder.unfinished_bytes() == 200);
  REQUIRE(decoder.take(left, kBounds) == Found::kMessage);
  CHECK(decoder.unfinished_bytes() == 0);
  CHECK(decoder.take_message().size() == 500);
}

TEST_CASE("dropped messages are passed over, and the goodbye behind them is found") {
  FrameDecoder decoder;
  const std::string bytes =
      binary(std::string(kBytesMax + 1, 'x')) + binary("more") + client_frame(0x88, "\x03\xe8");
  std::string_view left = bytes;
  REQUIRE(decoder.take(left, kBounds) == Found::kTooLarge);
  decoder.drop_messages();
  REQUIRE(decoder.take(left, {}) == Found::kClose);
  CHECK(left.empty());
  CHECK(decoder.take_message().empty());
}

TEST_CASE("a control frame holds at most 125 bytes") {
  CHECK(control_frame(Opcode::kPong, std::string(200, 'p')) == "\x8a\x7d" + std::string(125, 'p'));
  CHECK(close_frame(4001, "restarting") == "\x88\x0c\x0f\xa1restarting");
}

}  // namespace
}  // namespace commonwatch::session
