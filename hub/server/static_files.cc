#include "hub/server/static_files.h"

#include <algorithm>
#include <optional>
#include <system_error>
#include <utility>

#include "hub/server/file_request.h"
#include "hub/server/gate.h"
#include "hub/server/respond.h"

namespace commonwatch::server {
namespace http = boost::beast::http;
namespace {

constexpr std::string_view kTilesPath = "/tiles/";
constexpr std::string_view kTilesSuffix = ".pmtiles";
constexpr const char* kIndex = "index.html";

// Nothing of another site is loaded, run, framed or told where its visitor came from. `style-src`
// needs no 'unsafe-inline': styles are set by script alone.
constexpr std::pair<const char*, const char*> kSecurityHeaders[] = {
    {"Content-Security-Policy",
     "default-src 'none'; script-src 'self'; worker-src 'self'; style-src 'self'; "
     "img-src 'self' data: blob:; connect-src 'self'; font-src 'self'; manifest-src 'self'; "
     "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"},
    {"X-Content-Type-Options", "nosniff"},
    {"Referrer-Policy", "no-referrer"},
    {"Permissions-Policy", "geolocation=(self), camera=(), microphone=(), payment=(), usb=()"},
    {"Cross-Origin-Opener-Policy", "same-origin"},
    {"Cross-Origin-Resource-Policy", "same-origin"},
};

std::string_view header(const Request& request, http::field field) {
  const auto value = request[field];
  return {value.data(), value.size()};
}

boost::beast::string_view beast_view(std::string_view text) { return {text.data(), text.size()}; }

struct Found {
  OpenFile file;
  std::string path;         // of the plain file
  std::string_view coding;  // empty: plain
};

std::optional<Found> open_best(const StaticDirectory& directory, const Request& request,
                               const std::string& path) {
  if (content_type_of(path).compressible) {
    for (const Coding& coding : kCodings) {
      if (!accepts(header(request, http::field::accept_encoding), coding.name)) continue;
      auto file = directory.open(path + std::string(coding.suffix));
      if (file) return Found{*std::move(file), path, coding.name};
    }
  }
  auto file = directory.open(path);
  if (!file) return std::nullopt;
  return Found{*std::move(file), path, {}};
}

Response make_head(const Request& request, http::status status) {
  Response head(status, request.version());
  for (const auto& [name, value] : kSecurityHeaders) head.set(name, value);
  head.keep_alive(request.keep_alive());
  return head;
}

void describe(Response& head, const Found& found) {
  const ContentType type = content_type_of(found.path);
  head.set(http::field::etag, found.file.etag());
  head.set(http::field::cache_control,
           is_hashed_name(found.path) ? "public, max-age=31536000, immutable" : "no-cache");
  if (type.compressible) head.set(http::field::vary, "Accept-Encoding");
  if (head.result() == http::status::not_modified) return;
  head.set(http::field::content_type, beast_view(type.name));
  head.set(http::field::accept_ranges, "bytes");
  if (!found.coding.empty()) head.set(http::field::content_encoding, beast_view(found.coding));
}

// A range counts only for the file that its first part came from.
RangeOutcome wanted_range(const Request& request, const OpenFile& file) {
  const std::string_view condition = header(request, http::field::if_range);
  const bool holds = condition.empty() || condition == file.etag();
  const bool applies = holds && request.method() == http::verb::get;
  return read_range(applies ? header(request, http::field::range) : std::string_view(),
                    file.size());
}

FileAnswer only(Response response) {
  FileAnswer answer;
  answer.head = std::move(response);
  return answer;
}

// Into `into`: what comes next, at most kFileChunkBytes.
void take_chunk(FileAnswer& answer, std::string& into) {
  into = answer.file.read(answer.offset, std::min<std::uint64_t>(answer.left, kFileChunkBytes));
  answer.offset += into.size();
  answer.left -= into.size();
}

FileAnswer answer_with(const Request& request, Found found) {
  const std::string_view held = header(request, http::field::if_none_match);
  if (!held.empty() && is_held(held, found.file.etag())) {
    Response head = make_head(request, http::status::not_modified);
    describe(head, found);
    return only(std::move(head));
  }
  const auto [verdict, range] = wanted_range(request, found.file);
  const std::string size = std::to_string(found.file.size());
  if (verdict == RangeVerdict::kNotSatisfiable) {
    Response head = make_head(request, http::status::range_not_satisfiable);
    head.set(http::field::content_range, "bytes */" + size);
    head.content_length(0);
    return only(std::move(head));
  }
  const bool part = verdict == RangeVerdict::kPart;
  FileAnswer answer =
      only(make_head(request, part ? http::status::partial_content : http::status::ok));
  describe(answer.head, found);
  answer.head.content_length(range.length);
  if (part) {
    answer.head.set(http::field::content_range, "bytes " + std::to_string(range.first) + "-" +
                                                    std::to_string(range.first + range.length - 1) +
                                                    "/" + size);
  }
  if (request.method() == http::verb::head) return answer;
  answer.file = std::move(found.file);
  answer.offset = range.first;
  answer.left = range.length;
  take_chunk(answer, answer.head.body());
  return answer;
}

}  // namespace
bool StaticFiles::is_asked(const Request& request) {
  if (request.method() != http::verb::get && request.method() != http::verb::head) return false;
  const std::string_view target(request.target().data(), request.target().size());
  const std::string_view path = target.substr(0, target.find('?'));
  return path.starts_with('/') && !path.starts_with("/v1/") && path != "/v1" &&
         path != "/healthz" && path != "/readyz" && path != "/metrics";
}

Task<FileAnswer> StaticFiles::answer(pipeline::Executor executor, const Request& request,
                                     const session::Arrival& arrival) const {
  const auto target = parse_target({request.target().data(), request.target().size()});
  if (!target) {
    const Error error =
        make_error(ErrorCode::kInvalidRequest, "the request's target is not a path");
    co_return only(respond_error(request, error));
  }
  auto passed = check_request(services_, arrival, request, *target);
  if (passed) passed = check_address(services_, arrival);
  if (!passed) co_return only(respond_error(request, passed.error()));
  const std::string path = target->path.substr(1);
  // Named: see hub/session/replayer.cc.
  auto work = [this, &request, &path] { return find(request, path); };
  FileAnswer answer =
      co_await pipeline::run_on_pool<FileAnswer>(services_.file_pool, executor, std::move(work));
  services_.metrics.count_http(path.starts_with("tiles/") ? "/tiles/" : "dashboard",
                               answer.head.result_int());
  co_return answer;
}

FileAnswer StaticFiles::find(const Request& request, const std::string& path) const {
  const std::string_view tiles = kTilesPath.substr(1);
  const bool is_tiles = path.starts_with(tiles);
  if (is_tiles && path.size() == tiles.size()) return list_tiles(request);
  std::optional<Found> found;
  if (is_tiles) {
    const std::string name = path.substr(tiles.size());
    if (name.ends_with(kTilesSuffix)) found = open_best(tiles_, request, name);
  } else {
    found = open_best(dashboard_, request, path.empty() ? kIndex : path);
  }
  return found ? answer_with(request, *std::move(found))
               : only(respond_not_found(request, "/" + path));
}

// Names alone: `open` takes none that would have to be escaped.
FileAnswer StaticFiles::list_tiles(const Request& request) const {
  std::string listed;
  for (const std::string& name : tiles_.list(kTilesSuffix)) {
    listed += (listed.empty() ? "\"" : ",\"") + name + "\"";
  }
  FileAnswer answer;
  answer.head = respond(request, http::status::ok, "application/json", "[" + listed + "]");
  return answer;
}

Task<std::string> StaticFiles::next_chunk(pipeline::Executor executor, FileAnswer& answer) const {
  std::string chunk;
  auto work = [&answer, &chunk] {
    take_chunk(answer, chunk);
    return true;
  };
  co_await pipeline::run_on_pool<bool>(services_.file_pool, executor, std::move(work));
  co_return chunk;
}

std::filesystem::path find_dashboard() {
  std::error_code error;
  const auto program = std::filesystem::read_symlink("/proc/self/exe", error);
  if (error) return {};
  const auto directory = program.parent_path().parent_path() / "share/commonwatch/dashboard";
  return std::filesystem::is_regular_file(directory / kIndex, error) ? directory
                                                                     : std::filesystem::path();
}

}  // namespace commonwatch::server
