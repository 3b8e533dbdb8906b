#include "hub/server/tls.h"

#include <openssl/pem.h>
#include <openssl/x509.h>

#include <catch2/catch.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>

namespace commonwatch::server {
namespace {

using Key = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;
using X509Pointer = std::unique_ptr<X509, decltype(&X509_free)>;

// A folder of its own, with PEM files made by OpenSSL.
class Files {
 public:
  Files() {
    std::string name = (std::filesystem::temp_directory_path() / "commonwatch-tls-XXXXXX").string();
    REQUIRE(mkdtemp(name.data()) != nullptr);
    folder_ = name;
  }
  Files(const Files&) = delete;
  Files& operator=(const Files&) = delete;
  ~Files() { std::filesystem::remove_all(folder_); }

  TlsFiles tls() const { return {path("certificate.pem"), path("key.pem"), ""}; }
  std::string path(const char* name) const { return (folder_ / name).string(); }

  // A key and a certificate for it with this serial number.
  void make(long serial) {
    const Key key(EVP_EC_gen("P-256"), &EVP_PKEY_free);
    const X509Pointer certificate(X509_new(), &X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), serial);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), 0);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    REQUIRE(X509_sign(certificate.get(), key.get(), EVP_sha256()) > 0);
    write("key.pem", [&](std::FILE* file) {
      return PEM_write_PrivateKey(file, key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    });
    write("certificate.pem",
          [&](std::FILE* file) { return PEM_write_X509(file, certificate.get()); });
  }

 private:
  template <class Write>
  void write(const char* name, Write write) {
    std::FILE* const file = std::fopen(path(name).c_str(), "w");
    REQUIRE(file != nullptr);
    CHECK(write(file) == 1);
    std::fclose(file);
  }

  std::filesystem::path folder_;
};

long serial_of(const Tls& tls) {
  const X509* const certificate = SSL_CTX_get0_certificate(tls.context()->native_handle());
  return ASN1_INTEGER_get(X509_get0_serialNumber(certificate));
}

}  // namespace

TEST_CASE("Tls read again has the new certificate, and a connection under way keeps the old one") {
  Files files;
  files.make(1);
  Tls tls(files.tls());
  const auto before = tls.context();
  files.make(2);
  REQUIRE(tls.reload(files.tls()).has_value());
  CHECK(serial_of(tls) == 2);
  CHECK(ASN1_INTEGER_get(
            X509_get0_serialNumber(SSL_CTX_get0_certificate(before->native_handle()))) == 1);
}

TEST_CASE("Tls keeps its certificate when the new files are broken, and names the one at fault") {
  Files files;
  files.make(1);
  Tls tls(files.tls());
  std::ofstream(files.path("certificate.pem")) << "no certificate\n";
  const auto broken = tls.reload(files.tls());
  REQUIRE_FALSE(broken.has_value());
  CHECK(broken.error().message.find(files.path("certificate.pem")) != std::string::npos);
  CHECK(serial_of(tls) == 1);
}

TEST_CASE("Tls refuses a key that belongs to another certificate") {
  Files files;
  files.make(1);
  Tls tls(files.tls());
  std::filesystem::copy_file(files.path("key.pem"), files.path("old.pem"));
  files.make(2);
  TlsFiles mixed = files.tls();
  mixed.key = files.path("old.pem");
  CHECK_FALSE(tls.reload(mixed).has_value());
  CHECK(serial_of(tls) == 1);
}

TEST_CASE("Tls refuses authorities that are not there or hold no certificate") {
  Files files;
  files.make(1);
  TlsFiles with = files.tls();
  with.client_ca = files.path("nowhere.pem");
  CHECK_THROWS_AS(Tls(with), Failure);
  with.client_ca = files.path("key.pem");
  CHECK_THROWS_AS(Tls(with), Failure);
}

}  // namespace commonwatch::server
