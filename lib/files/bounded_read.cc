#include "lib/files/bounded_read.h"

#include <unistd.h>

#include <cerrno>

#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"

namespace probefarm {

absl::StatusOr<std::string> ReadUpTo(UniqueFd const& fd, std::string const& path,
                                     size_t max_bytes) {
  std::string text(max_bytes + 1, '\0');
  size_t size = 0;
  while (size < text.size()) {
    ssize_t const got = read(fd.get(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) return FileError(errno, "read", path);
    if (got == 0) break;
    size += static_cast<size_t>(got);
  }
  if (size > max_bytes)
    return absl::InvalidArgumentError(absl::StrCat(path, " is over ", max_bytes, " bytes"));
  text.resize(size);
  return text;
}

}  // namespace probefarm
