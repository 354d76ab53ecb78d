#include "coordinator/releases/github/changelog/changelog_writer.h"

#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "coordinator/releases/github/changelog/changelog_text.h"
#include "coordinator/store/await.h"
#include "lib/runtime/failpoint.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kLinesOfACommit = 1000;
constexpr int kCommitsOfAPass = 20;
constexpr int kTriesOfACommit = 3;
constexpr int kMostParts = 10'000;

std::string MarkKey(std::string const& repository) {
  return absl::StrCat("changelog of ", repository);
}

std::vector<std::string> LinesOf(std::vector<PublishedAsset> const& assets) {
  std::vector<std::string> lines;
  for (PublishedAsset const& asset : assets)
    if (!asset.adopted()) lines.push_back(ChangelogLine(asset));
  return lines;
}

}  // namespace

ChangelogWriter::ChangelogWriter(Store* store, GitHubApi* patient,
                                 std::vector<std::string> repositories, std::string file)
    : store_(store),
      patient_(patient),
      repositories_(std::move(repositories)),
      file_(std::move(file)) {}

void ChangelogWriter::RunOnce() {
  absl::Status first_error;
  for (std::string const& repository : repositories_) {
    absl::Status const status = Write(repository);
    if (!status.ok())
      Log(LogLevel::kWarning, "the changelog was not written",
          {{"repository", repository}, {"error", status.ToString()}});
    first_error.Update(status);
  }
  MutexLock lock(mu_);
  last_error_ = std::move(first_error);
}

absl::Status ChangelogWriter::last_error() const {
  MutexLock lock(mu_);
  return last_error_;
}

absl::Status ChangelogWriter::Write(std::string const& repository) {
  ASSIGN_OR_RETURN(Mark mark, ReadMark(repository));
  for (int commit = 0; commit < kCommitsOfAPass; ++commit) {
    AssetFilter const filter{.repository = repository};
    PageRequest const request{.limit = kLinesOfACommit, .cursor = mark.cursor};
    ASSIGN_OR_RETURN(AssetPage const page, Await<AssetPage>([&](auto done) {
                       store_->ListAssets(filter, request, std::move(done));
                     }));
    if (page.assets.empty()) return absl::OkStatus();
    ASSIGN_OR_RETURN(mark.part, Append(repository, mark.part, LinesOf(page.assets)));
    Failpoint("changelog.committed");
    mark.cursor = page.end_cursor;
    RETURN_IF_ERROR(KeepMark(repository, mark));
  }
  return absl::OkStatus();
}

absl::StatusOr<int> ChangelogWriter::Append(std::string const& repository, int part,
                                            std::vector<std::string> lines) {
  if (lines.empty()) return part;
  for (; part < kMostParts; ++part) {
    ASSIGN_OR_RETURN(bool const done, AppendTo(repository, part, lines));
    if (done) return part;
  }
  return absl::ResourceExhaustedError(
      absl::StrCat(file_, " of ", repository, " has too many parts"));
}

absl::StatusOr<bool> ChangelogWriter::AppendTo(std::string const& repository, int part,
                                               std::vector<std::string>& lines) {
  std::string const name = PartName(file_, part);
  absl::Status refused;
  for (int tries = 0; tries < kTriesOfACommit; ++tries) {
    absl::StatusOr<RepositoryFile> file = patient_->ReadFile(repository, name);
    if (absl::IsResourceExhausted(file.status())) return false;  // larger than any part of ours
    if (absl::IsNotFound(file.status())) file = RepositoryFile();
    RETURN_IF_ERROR(file.status());
    lines = MissingLines(file->content, lines);
    if (lines.empty()) return true;
    if (file->content.size() >= kFullPart) return false;
    refused = patient_->CommitFile(repository, name, WithLines(file->content, lines), file->sha,
                                   absl::StrCat("Add ", lines.size(), " probes to ", name));
    if (refused.ok() || !absl::IsFailedPrecondition(refused)) break;
  }
  RETURN_IF_ERROR(refused);
  return true;
}

absl::StatusOr<ChangelogWriter::Mark> ChangelogWriter::ReadMark(std::string const& repository) {
  ASSIGN_OR_RETURN(std::string const text, Await<std::string>([&](auto done) {
                     store_->GetMark(MarkKey(repository), std::move(done));
                   }));
  Mark mark;
  if (text.empty()) return mark;
  std::pair<std::string, std::string> const parts = absl::StrSplit(text, absl::MaxSplits(' ', 1));
  if (!absl::SimpleAtoi(parts.first, &mark.part) || mark.part < 1)
    return absl::DataLossError(
        absl::StrCat("the mark of the changelog of ", repository, " is '", text, "'"));
  mark.cursor = parts.second;
  return mark;
}

absl::Status ChangelogWriter::KeepMark(std::string const& repository, Mark const& mark) {
  return Await<bool>([&](auto done) {
           store_->SetMark(MarkKey(repository), absl::StrCat(mark.part, " ", mark.cursor),
                           std::move(done));
         })
      .status();
}

}  // namespace probefarm
