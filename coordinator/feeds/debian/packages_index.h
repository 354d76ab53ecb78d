#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"

namespace probefarm::debian {

// What is needed of one stanza of a Packages index. The index is a control file with a stanza for
// each version of a package (repository format, "Packages Indices").
struct PackageStanza {
  std::string package;
  std::string version;
  std::string architecture;  // "amd64", "all"
  std::string depends;       // the field as it stands; may be empty
  std::string filename;      // relative to the archive's base; no "." or ".." in it
  std::string sha256;        // 64 lower-case hexadecimal digits
  int64_t size = 0;          // bytes
  friend bool operator==(PackageStanza const&, PackageStanza const&) = default;
};

// Reads a Packages index that comes in pieces of any size, so that it is never held whole, and
// gives away the stanzas of wanted packages; what is wrong in the others is not looked at.
// DATA_LOSS names the package and what is wrong with it: a field missing, doubled, over a megabyte
// or not what it should be. After an error the parser is not used any more.
//
//   PackagesParser parser(IsHeaderPackage, [&](PackageStanza stanza) { … });
//   RETURN_IF_ERROR(DecompressFile(path, limit, [&](auto piece) { return parser.Add(piece); }));
//   RETURN_IF_ERROR(parser.Finish());
class PackagesParser {
 public:
  using Wanted = std::function<bool(absl::string_view package)>;
  using Sink = std::function<void(PackageStanza)>;

  // Both are called from within Add() and Finish(), on their thread; `sink` in the order of the
  // index.
  PackagesParser(Wanted wanted, Sink sink);

  // A piece may end anywhere, within a line too.
  absl::Status Add(absl::string_view piece);
  // The index is at its end, with an empty line after the last stanza or without.
  absl::Status Finish();

 private:
  absl::Status AddLine(absl::string_view line);
  absl::Status AddField(absl::string_view line);
  // Checks the stanza and gives it away, if it is wanted.
  absl::Status EndStanza();

  Wanted const wanted_;
  Sink const sink_;
  std::string partial_line_;
  PackageStanza stanza_;
  std::string size_text_;
  std::string* field_ = nullptr;  // of stanza_, which a continuation goes on with
};

}  // namespace probefarm::debian
