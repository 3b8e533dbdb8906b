#include "bench/detection/text_file.h"

#include <zlib.h>

#include <cerrno>
#include <memory>
#include <system_error>

#include "bench/detection/bad_input.h"

namespace commonwatch::detection {
namespace {

constexpr std::size_t kFileBytesMax = std::size_t{1} << 30;
constexpr std::size_t kReadBytes = std::size_t{1} << 18;

struct Close {
  void operator()(gzFile file) const { gzclose(file); }
};

}  // namespace

std::string read_text(const std::filesystem::path& path) {
  const std::unique_ptr<gzFile_s, Close> file(gzopen(path.c_str(), "rb"));
  if (!file) {
    throw BadInput("cannot open " + path.string() + ": " + std::generic_category().message(errno) +
                   "; check the name and its rights");
  }
  std::string text;
  for (;;) {
    const std::size_t before = text.size();
    text.resize(before + kReadBytes);
    const int bytes = gzread(file.get(), text.data() + before, kReadBytes);
    int status = Z_OK;
    const char* message = gzerror(file.get(), &status);
    if (bytes < 0 || status == Z_BUF_ERROR) {
      const std::string reason =
          status == Z_ERRNO ? std::generic_category().message(errno) : std::string(message);
      throw BadInput("cannot read " + path.string() + " behind byte " + std::to_string(before) +
                     ": " + reason + "; fetch it again");
    }
    text.resize(before + static_cast<std::size_t>(bytes));
    if (bytes == 0) return text;
    if (text.size() > kFileBytesMax) {
      throw BadInput(path.string() + " holds more than 1 GB of text; split it by columns");
    }
  }
}

}  // namespace commonwatch::detection
