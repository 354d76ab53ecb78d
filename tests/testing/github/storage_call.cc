#include <algorithm>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "tests/testing/github/calls.h"

namespace probefarm::fake_github {
namespace {

// "bytes=10-" and "bytes=10-19" alone; anything else is the whole file.
Answer Part(Answer whole, std::string const& range) {
  std::pair<std::string, std::string> const ends =
      absl::StrSplit(absl::StripPrefix(range, "bytes="), absl::MaxSplits('-', 1));
  size_t first = 0;
  size_t last = whole.file->size() - 1;
  if (!absl::SimpleAtoi(ends.first, &first)) return whole;
  if (!ends.second.empty() && !absl::SimpleAtoi(ends.second, &last)) return whole;
  if (first >= whole.file->size() || last < first) return {.status = 416};
  last = std::min(last, whole.file->size() - 1);
  whole.status = 206;
  whole.headers.emplace_back("Content-Range",
                             absl::StrCat("bytes ", first, "-", last, "/", whole.file->size()));
  whole.body = whole.file->substr(first, last - first + 1);
  whole.file = nullptr;
  return whole;
}

Repository::Found FindAnywhere(World& world, int64_t asset, Repository const*& owner) {
  for (auto& [name, repository] : world.repositories()) {
    Repository::Found const found = repository.FindAsset(asset);
    owner = &repository;
    if (found.asset != nullptr) return found;
  }
  return {};
}

}  // namespace

Answer AnswerStorage(Scene const& scene, Call const& call) {
  // Its URL is signed. With a second way to sign in it refuses, as the real one does.
  if (!call.head.Header("authorization").empty())
    return HtmlAnswer(400, "Only one auth mechanism allowed");
  Repository const* owner = nullptr;
  Repository::Found const found = FindAnywhere(scene.world, call.asset_id, owner);
  if (found.asset == nullptr || !found.asset->bytes) return HtmlAnswer(404, "Not Found");
  ++found.asset->download_count;
  scene.world.SavedAsset(*owner, *found.release, *found.asset);
  Answer whole{.headers = {{"Content-Type", found.asset->content_type},
                           {"ETag", absl::StrCat("\"", found.asset->id, "\"")},
                           {"Accept-Ranges", "bytes"}},
               .file = found.asset->bytes};
  std::string const& range = call.head.Header("range");
  return range.empty() || whole.file->empty() ? whole : Part(std::move(whole), range);
}

}  // namespace probefarm::fake_github
