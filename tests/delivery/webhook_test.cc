// A page as a request over HTTP.
#include "hub/delivery/webhook.h"

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <cstdlib>

#include "hub/delivery/signature.h"
#include "tests/delivery/one_try.h"
#include "tests/delivery/values.h"

namespace commonwatch::delivery::test {
namespace {

namespace http = boost::beast::http;
using asio::ip::tcp;
using Request = http::request<http::string_body>;

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// Takes one connection on a thread of its own, and gives `answer`; none: waits for the other side
// to end.
class Receiver {
 public:
  Receiver(std::string answer, std::optional<asio::ssl::context> tls = {})
      : answer_(std::move(answer)), tls_(std::move(tls)), thread_([this] { serve(); }) {}
  ~Receiver() { finish(); }

  std::string url(const std::string& host = "127.0.0.1") const {
    return (tls_ ? "https://" : "http://") + host + ":" +
           std::to_string(acceptor_.local_endpoint().port()) + "/page?room=1";
  }
  // What came; of nothing that could be read, an empty one.
  const Request& finish() {
    if (thread_.joinable()) thread_.join();
    return request_;
  }

 private:
  void serve() {
    boost::system::error_code error;
    tcp::socket socket = acceptor_.accept(error);
    if (!tls_) return converse(socket);
    asio::ssl::stream<tcp::socket> secure(std::move(socket), *tls_);
    secure.handshake(asio::ssl::stream_base::server, error);
    if (!error) converse(secure);
  }
  template <class Stream>
  void converse(Stream& stream) {
    boost::system::error_code error;
    boost::beast::flat_buffer buffer;
    http::read(stream, buffer, request_, error);
    if (error) return;
    if (answer_.empty()) {
      char byte = 0;
      stream.read_some(asio::buffer(&byte, 1), error);
      return;
    }
    asio::write(stream, asio::buffer(answer_), error);
  }

  asio::io_context context_;
  tcp::acceptor acceptor_{context_, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0)};
  std::string answer_;
  std::optional<asio::ssl::context> tls_;
  Request request_;
  std::thread thread_;
};

const char* const kAccepted = "HTTP/1.1 204 No Content\r\n\r\n";

struct Sender {
  TemporaryDirectory directory;
  ManualClock clock{*parse_rfc3339("2016-03-11T22:15:01Z")};
  Target target;

  explicit Sender(const std::string& url) {
    target.rules.name = "desk";
    target.webhook = url;
    target.secret_file = directory.write("secret", "0123456789abcdef\n");
  }
  std::optional<Outcome> send(const std::string& body = "{\"count\":4}",
                              std::chrono::milliseconds limit = std::chrono::minutes(2)) {
    Webhook webhook(target, clock);
    return try_once(webhook, message_of(body), limit);
  }
};

TEST_CASE("A webhook gets the body, the page's id and a signature of both time and body") {
  Receiver receiver(kAccepted);
  Sender sender(receiver.url());
  REQUIRE(sender.send()->sent);
  const Request& request = receiver.finish();
  CHECK(request.method() == http::verb::post);
  CHECK(request.target() == "/page?room=1");
  CHECK(request[http::field::content_type] == "application/json");
  CHECK(request["Commonwatch-Page-Id"] == "alert-7/3/desk");
  CHECK(request["Commonwatch-Signature"] ==
        sign("0123456789abcdef", sender.clock.wall(), "{\"count\":4}"));
  CHECK(request.body() == "{\"count\":4}");
}

TEST_CASE("A secret that was changed signs the next page") {
  Receiver receiver(kAccepted);
  Sender sender(receiver.url());
  Webhook webhook(sender.target, sender.clock);
  sender.directory.write("secret", "another secret of the desk");
  REQUIRE(try_once(webhook, message_of("{}"))->sent);
  CHECK(receiver.finish()["Commonwatch-Signature"] ==
        sign("another secret of the desk", sender.clock.wall(), "{}"));
}

TEST_CASE("A secret that is gone sends nothing") {
  Sender sender("http://127.0.0.1:9/");
  std::filesystem::remove(sender.target.secret_file);
  const auto outcome = sender.send();
  CHECK(!outcome->sent);
  CHECK(holds(outcome->reason, "secret_file"));
}

TEST_CASE("A status beyond 299 is a failure that names it") {
  for (const std::string status : {"400 Bad Request", "503 Service Unavailable"}) {
    Receiver receiver("HTTP/1.1 " + status + "\r\nContent-Length: 3\r\n\r\nno!");
    const auto outcome = Sender(receiver.url()).send();
    CHECK(!outcome->sent);
    CHECK(holds(outcome->reason, "status " + status.substr(0, 3)));
  }
}

TEST_CASE("A redirect is not followed") {
  Receiver elsewhere(kAccepted);
  Receiver receiver("HTTP/1.1 307 Temporary Redirect\r\nLocation: " + elsewhere.url() +
                    "\r\nContent-Length: 0\r\n\r\n");
  const auto outcome = Sender(receiver.url()).send();
  CHECK(!outcome->sent);
  CHECK(holds(outcome->reason, "redirect"));
  // Nobody was there before this one.
  CHECK(Sender(elsewhere.url()).send("{\"second\":1}")->sent);
  CHECK(elsewhere.finish().body() == "{\"second\":1}");
}

TEST_CASE("An answer that is no HTTP, or whose header never ends, is a failure") {
  Receiver noise("hello\r\n\r\n");
  CHECK(!Sender(noise.url()).send()->sent);
  Receiver flood("HTTP/1.1 200 OK\r\nX: " + std::string(100'000, 'x'));
  CHECK(!Sender(flood.url()).send()->sent);
}

TEST_CASE("A receiver that never answers is left when the time is over") {
  Receiver silent("");
  CHECK(!Sender(silent.url()).send("{}", std::chrono::milliseconds(300)).has_value());
}

TEST_CASE("A receiver that is down is a failure that names it") {
  std::string url;
  {
    asio::io_context context;
    tcp::acceptor gone(context, tcp::endpoint(asio::ip::make_address("127.0.0.1"), 0));
    url = "http://127.0.0.1:" + std::to_string(gone.local_endpoint().port()) + "/";
  }
  const auto outcome = Sender(url).send();
  CHECK(!outcome->sent);
  CHECK(holds(outcome->reason, "no connection to 127.0.0.1:"));
}

// --- TLS -------------------------------------------------------------------------------------

// A certificate for `localhost` that vouches for itself.
asio::ssl::context make_identity(const TemporaryDirectory& directory) {
  const std::string command =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 "
      "-subj /CN=localhost -addext subjectAltName=DNS:localhost -keyout " +
      directory.path("key") + " -out " + directory.path("certificate") + " 2>/dev/null";
  REQUIRE(std::system(command.c_str()) == 0);
  asio::ssl::context tls(asio::ssl::context::tls_server);
  tls.use_certificate_chain_file(directory.path("certificate"));
  tls.use_private_key_file(directory.path("key"), asio::ssl::context::pem);
  return tls;
}

TEST_CASE("A webhook over TLS is sent to the host that its authority vouches for") {
  const TemporaryDirectory directory;
  Receiver receiver(kAccepted, make_identity(directory));
  Sender sender(receiver.url("localhost"));
  sender.target.ca_file = directory.path("certificate");
  REQUIRE(sender.send()->sent);
  CHECK(receiver.finish().body() == "{\"count\":4}");
}

TEST_CASE("A certificate of an unknown authority gets nothing") {
  const TemporaryDirectory directory;
  Receiver receiver(kAccepted, make_identity(directory));
  const auto outcome = Sender(receiver.url("localhost")).send();
  CHECK(!outcome->sent);
  CHECK(holds(outcome->reason, "TLS with localhost"));
  CHECK(receiver.finish().body().empty());
}

TEST_CASE("A certificate of another host gets nothing") {
  const TemporaryDirectory directory;
  Receiver receiver(kAccepted, make_identity(directory));
  Sender sender(receiver.url("127.0.0.1"));
  sender.target.ca_file = directory.path("certificate");
  CHECK(!sender.send()->sent);
  CHECK(receiver.finish().body().empty());
}

}  // namespace
}  // namespace commonwatch::delivery::test
