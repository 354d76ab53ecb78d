#include "bench/uploads/edits.h"

#include <array>
#include <string>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_fixture.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kRepository[] = "o/one";
constexpr char kTag[] = "8.0.0+driver/x86_64";
constexpr int kMostTries = 20;
constexpr std::array<char const*, 3> kNames = {kProvenanceName, kIndexName, kSha256SumsName};
constexpr std::array<char const*, 5> kFaults = {
    "502-starter kind=upload probability=0.01", "commit-drop kind=upload probability=0.01",
    "commit-drop kind=delete-asset probability=0.01",
    "commit-drop kind=patch-asset probability=0.01", "502 kind=list-assets probability=0.01"};

absl::Status WriteAll(GitHubFixture& farm, std::string const& content) {
  for (char const* name : kNames)
    RETURN_IF_ERROR(farm.host->WriteSideFile({kRepository, kTag}, name, content));
  return absl::OkStatus();
}

absl::Status CheckAll(GitHubFixture& farm, std::string const& content) {
  std::optional<FakeRelease> const release = farm.github->Release(kRepository, kTag);
  if (!release || release->assets.size() != kNames.size())
    return absl::DataLossError(absl::StrCat(content, ": the release holds ",
                                            release ? release->assets.size() : 0, " files, not ",
                                            kNames.size()));
  for (FakeAsset const& asset : release->assets) {
    if (!asset.bytes || *asset.bytes != content)
      return absl::DataLossError(absl::StrCat(asset.name, " is not ", content));
  }
  return absl::OkStatus();
}

}  // namespace

absl::StatusOr<nlohmann::json> EditSideFiles(int edits) {
  GitHubFixture farm;
  for (char const* rule : kFaults)
    RETURN_IF_ERROR(farm.github->Plant(absl::StrCat(rule, " times=0")));
  int tries = 0;
  for (int edit = 0; edit < edits; ++edit) {
    std::string const content = absl::StrCat("edit ", edit);
    absl::Status written = absl::UnknownError("not tried");
    for (int i = 0; i < kMostTries && !written.ok(); ++i, ++tries) {
      written = WriteAll(farm, content);
      farm.clock.Advance(absl::Minutes(2));
    }
    RETURN_IF_ERROR(written);
    RETURN_IF_ERROR(CheckAll(farm, content));
  }
  int64_t calls = 0;
  for (auto const& [kind, count] : farm.github->counters().calls) calls += count;
  return nlohmann::json{{"edits", edits}, {"calls", calls}, {"tries", tries}};
}

}  // namespace probefarm
