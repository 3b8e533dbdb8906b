#include "hub/delivery/signature.h"

#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <chrono>

namespace commonwatch::delivery {

std::string sign(std::string_view secret, Instant at, std::string_view body) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(at.time_since_epoch()).count();
  std::string text = std::to_string(seconds);
  std::string signature = "t=" + text + ",v1=";
  text += '.';
  text += body;
  std::array<unsigned char, EVP_MAX_MD_SIZE> digest{};
  unsigned size = 0;
  HMAC(EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest.data(), &size);
  for (unsigned i = 0; i < size; ++i) {
    signature += "0123456789abcdef"[digest[i] >> 4U];
    signature += "0123456789abcdef"[digest[i] & 15U];
  }
  return signature;
}

}  // namespace commonwatch::delivery
