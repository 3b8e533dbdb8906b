#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>

#include "clients/cli/commands.h"
#include "clients/cli/exit_code.h"
#include "clients/cli/json_text.h"
#include "clients/cli/text_values.h"
#include "clients/cpp/http_get.h"

namespace commonwatch::cli {
namespace {

namespace asio = boost::asio;
using std::chrono::system_clock;

struct Greeting {
  v1::Welcome welcome;
  Milliseconds round_trip{0};
  Milliseconds skew{0};  // the hub's clock minus ours
};

asio::awaitable<client::Result<Greeting>> greet(client::ConnectOptions options) {
  const auto before = system_clock::now();
  auto connection = co_await client::Connection::open(std::move(options));
  if (!connection) co_return connection.error();
  const auto after = system_clock::now();
  Greeting greeting;
  greeting.welcome = (*connection)->welcome();
  greeting.round_trip = std::chrono::duration_cast<Milliseconds>(after - before);
  const auto middle = before + (after - before) / 2;
  const auto hub_time = from_timestamp(greeting.welcome.hub_time());
  greeting.skew = std::chrono::duration_cast<Milliseconds>(hub_time - middle);
  co_await (*connection)->close();
  co_return greeting;
}

client::Result<Greeting> greet_now(const client::ConnectOptions& options) {
  asio::io_context network{1};
  client::Result<Greeting> greeting =
      client::make_fault(client::FaultKind::kUnreachable, "no answer");
  asio::co_spawn(network, greet(options),
                 [&](const std::exception_ptr& exception, client::Result<Greeting> result) {
                   network.stop();
                   if (exception) std::rethrow_exception(exception);
                   greeting = std::move(result);
                 });
  network.run();
  return greeting;
}

std::string trimmed(std::string text) {
  while (!text.empty() && std::isspace(static_cast<unsigned char>(text.back())) != 0) {
    text.pop_back();
  }
  return text;
}

// What the hub's HTTP side says, for people or as the value of a JSON field.
struct Findings {
  std::string readiness;  // `ready`, or why not
  bool ready = false;
  std::vector<std::pair<std::string, std::string>> sources;  // name, SourceOpened in JSON
};

client::Result<Findings> look_up(const client::ConnectOptions& connect,
                                 const StatusOptions& options) {
  Findings findings;
  auto readyz = client::http_get(connect, "/readyz");
  if (!readyz) return readyz.error();
  findings.ready = readyz->status == 200;
  findings.readiness = findings.ready ? "ready" : "not ready: " + trimmed(readyz->body);
  for (const auto& source : options.sources) {
    auto position = client::http_get(connect, "/v1/sources/" + source);
    if (!position) return position.error();
    findings.sources.emplace_back(source, trimmed(position->body));
  }
  return findings;
}

void show_json(const Greeting& greeting, const Findings& findings, const std::string& url,
               Terminal& terminal) {
  std::string text = "{\"server\":" + json_string(url) + ",\"reachable\":true" +
                     ",\"readiness\":" + json_string(findings.readiness) +
                     ",\"roundTripMs\":" + std::to_string(greeting.round_trip.count()) +
                     ",\"clockSkewMs\":" + std::to_string(greeting.skew.count()) +
                     ",\"welcome\":" + json_line(greeting.welcome) + ",\"sources\":[";
  for (std::size_t i = 0; i < findings.sources.size(); ++i) {
    const auto& body = findings.sources[i].second;
    text += (i > 0 ? "," : "") + (body.starts_with("{") ? body : json_string(body));
  }
  terminal.line(text + "]}");
}

void show_text(const Greeting& greeting, const Findings& findings, const std::string& url,
               Terminal& terminal) {
  const auto& welcome = greeting.welcome;
  terminal.line("hub         " + welcome.hub() + " at " + url + ", " + findings.readiness);
  terminal.line("you         " + welcome.principal() + ", audience " + welcome.audience());
  terminal.line("clock       " + time_text(welcome.hub_time()) + ", " +
                std::to_string(greeting.skew.count()) + " ms ahead of yours");
  terminal.line("connection  " + std::to_string(greeting.round_trip.count()) +
                " ms to the welcome, heartbeat " + std::to_string(welcome.heartbeat_ms()) +
                " ms, tick " + std::to_string(welcome.tick_ms()) + " ms");
  for (const auto& [source, body] : findings.sources) {
    terminal.line("source      " + source + " " + body);
  }
}

}  // namespace

int status(const GlobalOptions& global, const StatusOptions& options, Terminal& terminal) {
  for (const auto& source : options.sources) require_source_name(source);
  const auto connect = make_connect_options(global);
  const auto url = connect.endpoint.url();
  const auto greeting = greet_now(connect);
  const auto findings = greeting ? look_up(connect, options) : greeting.error();
  if (!greeting || !findings) {
    const auto& fault = greeting ? findings.error() : greeting.error();
    terminal.complain(fault.message);
    if (terminal.json()) {
      terminal.line("{\"server\":" + json_string(url) +
                    ",\"reachable\":false,\"message\":" + json_string(fault.message) + "}");
    }
    return exit_code_of(fault);
  }
  if (terminal.json()) {
    show_json(*greeting, *findings, url, terminal);
  } else {
    show_text(*greeting, *findings, url, terminal);
  }
  return findings->ready ? kDone : kFailed;
}

}  // namespace commonwatch::cli
