#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// One line of a SHA256SUMS file.
struct Sha256SumsLine {
  std::string name;
  std::string sha256;
  friend bool operator==(Sha256SumsLine const&, Sha256SumsLine const&) = default;
};

// `<hex>␠␠<name>` lines sorted by name, as `sha256sum -c` reads them. INVALID_ARGUMENT for a
// doubled name, a digest that is none, or a name that is no file name or holds a backslash (which
// sha256sum would escape).
absl::StatusOr<std::string> RenderSha256Sums(std::vector<Sha256SumsLine> lines);

// Reads exactly what RenderSha256Sums() writes: INVALID_ARGUMENT, with the line's number, for
// anything else. The text may hold at most 64 MB.
absl::StatusOr<std::vector<Sha256SumsLine>> ParseSha256Sums(absl::string_view text);

}  // namespace probefarm
