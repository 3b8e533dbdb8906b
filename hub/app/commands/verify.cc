#include "hub/app/commands/commands.h"

namespace commonwatch::app {
namespace {

std::string hex(std::string_view bytes) {
  std::string text;
  for (const char byte : bytes) {
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) >> 4U];
    text += "0123456789abcdef"[static_cast<unsigned char>(byte) & 15U];
  }
  return text;
}

}  // namespace

Result<int> verify(OperatorContext& context, const Arguments&, OperatorOutput& output) {
  const storage::VerifyReport report = context.log.verify({}, [&output] { return output.is_wanted(); });
  if (report.given_up) {
    return make_error(ErrorCode::kShuttingDown, "verify was ended before it had read everything");
  }
  for (const std::string& fault : report.faults) output.write("fault: " + fault + "\n");
  output.write(std::to_string(report.chunks) + " chunks, " + std::to_string(report.events) +
               " events, chain head " + hex(report.chain_head) +
               (report.faults.empty() ? ": sound\n" : ": DAMAGED\n"));
  return report.faults.empty() ? 0 : 1;
}

}  // namespace commonwatch::app
