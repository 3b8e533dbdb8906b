#include "hub/storage/sha256.h"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <memory>

namespace commonwatch::storage {
namespace {

// Fetching the algorithm takes a lock, so that it is done once.
const EVP_MD* algorithm() {
  static EVP_MD* const fetched = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  return fetched;
}

struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};

EVP_MD_CTX* thread_context() {
  thread_local const std::unique_ptr<EVP_MD_CTX, FreeContext> context(EVP_MD_CTX_new());
  return context.get();
}

}  // namespace

void append_sha256(std::string_view bytes, std::string& to) {
  unsigned char digest[kHashBytes];
  EVP_MD_CTX* const context = thread_context();
  unsigned int size = 0;
  if (EVP_DigestInit_ex2(context, algorithm(), nullptr) != 1 ||
      EVP_DigestUpdate(context, bytes.data(), bytes.size()) != 1 ||
      EVP_DigestFinal_ex(context, digest, &size) != 1 || size != kHashBytes) {
    throw Failure(make_error(ErrorCode::kInternal,
                             "OpenSSL gave no SHA-256; check its configuration, then restart"));
  }
  for (const unsigned char byte : digest) to.push_back(static_cast<char>(byte));
}

Hash sha256(std::string_view bytes) {
  Hash hash;
  hash.reserve(kHashBytes);
  append_sha256(bytes, hash);
  return hash;
}

std::string random_bytes(std::size_t count) {
  std::string bytes(count, '\0');
  void* const data = bytes.data();
  if (count > 0 && RAND_bytes(static_cast<unsigned char*>(data), static_cast<int>(count)) != 1) {
    throw Failure(
        make_error(ErrorCode::kInternal,
                   "OpenSSL gave no random bytes; check its configuration, then restart"));
  }
  return bytes;
}

}  // namespace commonwatch::storage
