#include <array>
#include <cstdlib>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "lib/archive/archive_reader.h"
#include "tests/fuzz/fuzz_input.h"

namespace probefarm {
namespace {

constexpr int64_t kMaxTotalBytes = int64_t{4} << 20;
constexpr int kMaxEntries = 1000;

void Require(bool promise) {
  if (!promise) std::abort();
}

bool StaysInTheTree(std::string const& path) {
  std::string const framed = "/" + path + "/";
  return framed.find("//") == std::string::npos && framed.find("/../") == std::string::npos &&
         framed.find("/./") == std::string::npos;
}

int64_t ReadToEnd(ArchiveReader& reader) {
  std::array<char, 4096> piece;
  int64_t total = 0;
  while (true) {
    absl::StatusOr<size_t> const got = reader.Read(piece.data(), piece.size());
    if (!got.ok() || *got == 0) return total;
    total += static_cast<int64_t>(*got);
  }
}

void Walk(absl::StatusOr<std::unique_ptr<ArchiveReader>> opened) {
  if (!opened.ok()) return;
  int64_t total = 0;
  int entries = 0;
  while (true) {
    absl::StatusOr<std::optional<ArchiveEntry>> const entry = (*opened)->Next();
    if (!entry.ok() || !*entry) return;
    ArchiveEntry const& found = **entry;
    Require(StaysInTheTree(found.path));
    Require((found.mode & ~0777) == 0);
    Require(found.type != EntryType::kHardlink || StaysInTheTree(found.link_target));
    Require(found.type != EntryType::kSymlink || found.link_target.front() != '/');
    total += ReadToEnd(**opened);
    Require(total <= kMaxTotalBytes && ++entries <= kMaxEntries);
  }
}

}  // namespace
}  // namespace probefarm

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  probefarm::FuzzInput const input(data, size);
  probefarm::ArchiveReader::Options options;
  options.limits.max_total_bytes = probefarm::kMaxTotalBytes;
  options.limits.max_entries = probefarm::kMaxEntries;
  probefarm::Walk(probefarm::ArchiveReader::OpenTar(input.path(), options));
  probefarm::Walk(probefarm::ArchiveReader::OpenDeb(input.path(), options));
  probefarm::Walk(probefarm::ArchiveReader::OpenRpm(input.path(), options));
  return 0;
}
