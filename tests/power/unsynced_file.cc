#include "tests/power/unsynced_file.h"

#include <algorithm>

namespace probefarm {
namespace {

constexpr int64_t kSector = 512;

void Put(int64_t offset, absl::string_view bytes, std::string& content) {
  auto const end = static_cast<size_t>(offset) + bytes.size();
  if (content.size() < end) content.resize(end, '\0');
  content.replace(static_cast<size_t>(offset), bytes.size(), bytes.data(), bytes.size());
}

}  // namespace

void UnsyncedFile::Apply(Change const& change, std::string& content) {
  if (change.truncate_to >= 0) {
    content.resize(static_cast<size_t>(change.truncate_to), '\0');
  } else {
    Put(change.offset, change.bytes, content);
  }
}

void UnsyncedFile::Sync() {
  for (Change const& change : changes_) Apply(change, synced_);
  changes_.clear();
}

std::string UnsyncedFile::AfterPowerCut(std::mt19937& random) const {
  std::string content = synced_;
  // Now and then all is lost, or nothing, which chance would hardly bring.
  unsigned const luck = random() % 8;
  for (Change const& change : changes_) {
    if (change.truncate_to >= 0) {
      if (luck != 0 && random() % 2 == 0) Apply(change, content);
      continue;
    }
    absl::string_view rest = change.bytes;
    for (int64_t at = change.offset; !rest.empty();) {
      auto const piece = static_cast<size_t>(
          std::min<int64_t>(kSector - at % kSector, static_cast<int64_t>(rest.size())));
      if (luck != 0 && (luck == 1 || random() % 2 == 0)) Put(at, rest.substr(0, piece), content);
      at += static_cast<int64_t>(piece);
      rest.remove_prefix(piece);
    }
  }
  return content;
}

}  // namespace probefarm
