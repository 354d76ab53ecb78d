#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// One line of a SHA256SUMS file.
struct Sha256SumsLine {
  std::string name;    // of an asset: one path component
  std::string sha256;  // 64 lower-case hexadecimal digits
  friend bool operator==(Sha256SumsLine const&, Sha256SumsLine const&) = default;
};

// `<hex>␠␠<name>` lines sorted by name, as `sha256sum -c` (coreutils) reads them: each with its
// newline; "" for no line. Names are in the order of their bytes, so that the same assets give the
// same text, whatever order they come in, and its signature stays good. INVALID_ARGUMENT for a
// doubled name, a digest that is none, or a name that is no file name or holds a backslash (which
// sha256sum would escape). Pure.
absl::StatusOr<std::string> RenderSha256Sums(std::vector<Sha256SumsLine> lines);

// Reads exactly what RenderSha256Sums() writes: INVALID_ARGUMENT, with the line's number, for
// anything else: unsorted lines, `*` for binary mode, an end without a newline (a truncated file).
// The text may hold at most 64 MB. Pure.
absl::StatusOr<std::vector<Sha256SumsLine>> ParseSha256Sums(absl::string_view text);

}  // namespace probefarm
