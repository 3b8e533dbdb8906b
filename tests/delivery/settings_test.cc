// What check-config refuses of pages.
#include "hub/delivery/settings.h"

#include "hub/delivery/webhook_url.h"
#include "tests/delivery/values.h"

namespace commonwatch::delivery::test {
namespace {

Target command_target(const std::string& name) {
  Target target;
  target.rules.name = name;
  target.command = {"/bin/true"};
  return target;
}

Target webhook_target(const TemporaryDirectory& directory) {
  Target target;
  target.rules.name = "desk";
  target.webhook = "https://example.org/page";
  target.secret_file = directory.write("secret", "0123456789abcdef\n");
  return target;
}

std::string fault(const Settings& settings) {
  const auto checked = check(settings);
  return checked ? "" : checked.error().message;
}

bool holds(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST_CASE("A command and a webhook that can be used are accepted") {
  const TemporaryDirectory directory;
  Settings settings{{command_target("night"), webhook_target(directory)}};
  settings.targets.front().rules.escalate_to = "desk";
  CHECK(fault(settings).empty());
  CHECK(fault(Settings()).empty());
}

TEST_CASE(
    "A command that is missing, not executable or not absolute is refused by its target's name") {
  const TemporaryDirectory directory;
  for (const std::string& program :
       {directory.path("missing"), directory.write("plain", "no program"), std::string("true"),
        directory.path("")}) {
    Target target = command_target("night");
    target.command = {program};
    CHECK(holds(fault({{target}}), "page target night: "));
  }
}

TEST_CASE("A webhook without a secret that can be read and is long enough is refused") {
  const TemporaryDirectory directory;
  Target target = webhook_target(directory);
  for (const std::string& file :
       {std::string(), directory.path("missing"), directory.write("short", "0123456789abcde\n"),
        directory.write("long", std::string(5000, 'x'))}) {
    target.secret_file = file;
    CHECK(holds(fault({{target}}), "secret_file"));
  }
}

TEST_CASE("A secret is read without its line end") {
  const TemporaryDirectory directory;
  CHECK(read_secret(directory.write("secret", "0123456789abcdef\r\n")).value() ==
        "0123456789abcdef");
}

TEST_CASE("A webhook whose authorities cannot be read is refused") {
  const TemporaryDirectory directory;
  Target target = webhook_target(directory);
  target.ca_file = directory.path("missing");
  CHECK(holds(fault({{target}}), "ca_file"));
}

TEST_CASE("A target with both ways or none is refused") {
  const TemporaryDirectory directory;
  Target both = webhook_target(directory);
  both.command = {"/bin/true"};
  Target none;
  none.rules.name = "desk";
  CHECK(holds(fault({{both}}), "either command or webhook"));
  CHECK(holds(fault({{none}}), "either command or webhook"));
}

TEST_CASE("A name that is no name, or is there twice, is refused") {
  CHECK(!fault({{command_target("")}}).empty());
  CHECK(!fault({{command_target("The Desk")}}).empty());
  CHECK(holds(fault({{command_target("desk"), command_target("desk")}}), "two of this name"));
}

TEST_CASE("Quiet hours without a span are refused") {
  Target target = command_target("desk");
  target.rules.quiet = alert::QuietHours{60, 60};
  CHECK(holds(fault({{target}}), "quiet_hours"));
}

Settings chain(const std::vector<std::string>& names) {
  Settings settings;
  for (std::size_t i = 0; i < names.size(); ++i) {
    settings.targets.push_back(command_target(names[i]));
    if (i + 1 < names.size()) settings.targets.back().rules.escalate_to = names[i + 1];
  }
  return settings;
}

TEST_CASE("An escalation to nobody, in a circle, or over too many is refused") {
  Settings settings = chain({"a", "b", "c"});
  CHECK(fault(settings).empty());
  settings.targets.back().rules.escalate_to = "d";
  CHECK(holds(fault(settings), "which is no target"));
  settings.targets.back().rules.escalate_to = "a";
  CHECK(holds(fault(settings), "circle"));
  settings.targets.back().rules.escalate_to = "c";
  CHECK(holds(fault(settings), "circle"));
  CHECK(fault(chain({"a", "b", "c", "d", "e"})).empty());
  CHECK(holds(fault(chain({"a", "b", "c", "d", "e", "f"})), "shorten the chain"));
}

// --- addresses of webhooks -------------------------------------------------------------------

TEST_CASE("A webhook's address is taken apart") {
  const auto url = WebhookUrl::parse("https://hooks.example.org:8443/a/b?key=1").value();
  CHECK(url.tls);
  CHECK(url.host == "hooks.example.org");
  CHECK(url.port == "8443");
  CHECK(url.target == "/a/b?key=1");
  CHECK(url.authority() == "hooks.example.org:8443");
  const auto plain = WebhookUrl::parse("https://example.org?x").value();
  CHECK(plain.port == "443");
  CHECK(plain.target == "/?x");
  CHECK(plain.authority() == "example.org");
  const auto six = WebhookUrl::parse("http://[::1]:80/").value();
  CHECK(six.host == "::1");
  CHECK(six.authority() == "[::1]");
}

TEST_CASE("http is for this machine alone") {
  CHECK(WebhookUrl::parse("http://localhost:8000/page").has_value());
  CHECK(WebhookUrl::parse("http://127.0.0.1:8000/page").has_value());
  for (const char* text : {"http://example.org/", "http://10.0.0.1/", "http://127.0.0.1.evil.org/",
                           "http://localhost.evil.org/", "http://[::2]/"}) {
    CHECK(WebhookUrl::parse(text).has_error());
  }
}

TEST_CASE("What is no address is refused, and its path is never quoted") {
  for (const char* text :
       {"", "example.org", "ftp://example.org", "https://", "https:///x", "https://a b/",
        "https://user:secret@example.org/", "https://example.org:/", "https://example.org:0/",
        "https://example.org:65536/", "https://example.org:8x/secret", "https://[::1/secret",
        "https://[::1]x/secret", "https://exa\tmple.org/", "https://example.org/a#b",
        "https://example.org\r\nX: y/", "https://ex\xc3\xa9.org/"}) {
    const auto url = WebhookUrl::parse(text);
    REQUIRE(url.has_error());
    CHECK(!holds(url.error().message, "secret@"));
    CHECK(!holds(url.error().message, "/secret"));
  }
}

}  // namespace
}  // namespace commonwatch::delivery::test
