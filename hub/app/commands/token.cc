// `token create | list | revoke`: on the running hub, whose sessions notice within a second, or on
// the file of tokens of a directory where none runs.
#include <optional>

#include "hub/app/commands/commands.h"
#include "hub/app/running_hub.h"
#include "hub/app/token_file.h"

namespace commonwatch::app {
namespace {

constexpr std::uint64_t kDaysUsual = 365;
constexpr std::uint64_t kDaysMax = 3650;

// The running hub's, or one of its own on the same file.
class Tokens {
 public:
  explicit Tokens(const OperatorContext& context) : context_(context) {
    if (context.running) return;
    file_.emplace(context.configuration->data);
    directory_.emplace(context.configuration->accounts);
    own_.emplace(*file_, *directory_, context.configuration->limits);
    if (auto loaded = own_->load(); !loaded) throw Failure(loaded.error());
  }
  access::TokenStore& store() { return own_ ? *own_ : context_.running->services.identity.tokens; }

 private:
  const OperatorContext& context_;
  std::optional<DiskTokenFile> file_;
  std::optional<access::Directory> directory_;
  std::optional<access::TokenStore> own_;
};

std::string describe_end(const access::StoredToken& token, Instant now) {
  if (token.revoked) return "revoked " + to_rfc3339(*token.revoked);
  return (now < token.expires ? "expires " : "expired ") + to_rfc3339(token.expires);
}

std::string line_of(const access::StoredToken& token, Instant now) {
  const std::int64_t day = *token.last_used_day;
  const std::string used =
      day == 0 ? "never" : to_rfc3339(Instant(std::chrono::days(day))).substr(0, 10);
  return token.id + "\t" + (token.device ? token.device->text() : token.account) + "\tcreated " +
         to_rfc3339(token.created) + "\t" + describe_end(token, now) + "\tlast used " + used +
         "\tby " + token.created_by + "\t" + token.note + "\n";
}

void record_token(const OperatorContext& context, const std::string& action,
                  const access::StoredToken& token) {
  record(context, model::AuditKind::kToken, action, token.id + " of " + token.account);
}

}  // namespace

Result<int> create_token(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  const std::uint64_t days = given.number("days").value_or(kDaysUsual);
  if (days < 1 || days > kDaysMax) {
    return make_error(ErrorCode::kInvalidRequest, "--days is 1 to 3650");
  }
  Tokens tokens(context);
  const Instant now = context.clock.wall();
  const std::string account = given.text("ACCOUNT");
  const auto made = tokens.store().create(
      {account, std::nullopt, now + std::chrono::days(days), context.by, given.text("note")}, now);
  if (!made) return made.error();
  record_token(context, "create", made->stored);
  output.write("token " + made->stored.id + " for " + account + ", " +
               describe_end(made->stored, now) + "; it is shown this once:\n" + made->token + "\n");
  return 0;
}

Result<int> list_tokens(OperatorContext& context, const Arguments&, OperatorOutput& output) {
  Tokens tokens(context);
  const Instant now = context.clock.wall();
  for (const access::StoredToken& token : tokens.store().list()) output.write(line_of(token, now));
  return 0;
}

Result<int> revoke_token(OperatorContext& context, const Arguments& given, OperatorOutput& output) {
  Tokens tokens(context);
  const Instant now = context.clock.wall();
  const auto revoked = tokens.store().revoke(given.text("ID"), now);
  if (!revoked) return revoked.error();
  record_token(context, "revoke", *revoked);
  output.write(line_of(*revoked, now));
  return 0;
}

}  // namespace commonwatch::app
