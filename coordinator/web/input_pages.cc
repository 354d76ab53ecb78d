#include "coordinator/web/input_pages.h"

#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "coordinator/web/file_answer.h"
#include "lib/digest/hex.h"

namespace probefarm {

absl::Status LocalInputs::Add(std::string const& sha256, std::string path) {
  if (!IsSha256Hex(sha256))
    return absl::InvalidArgumentError(
        absl::StrCat("input ", path, ": '", absl::CHexEscape(sha256), "' is not a SHA-256"));
  MutexLock lock(mu_);
  path_by_sha256_[sha256] = std::move(path);
  return absl::OkStatus();
}

std::string LocalInputs::Find(std::string const& sha256) const {
  MutexLock lock(mu_);
  auto const found = path_by_sha256_.find(sha256);
  return found == path_by_sha256_.end() ? "" : found->second;
}

HttpAnswer InputPages::Answer(IncomingRequest const& request) {
  std::string const path = inputs_->Find(request.rest);
  if (path.empty()) return TextAnswer(404, "no input has this SHA-256");
  absl::StatusOr<ServedFile> file = OpenServedFile(path);
  if (!file.ok()) return FileErrorAnswer(file.status());
  file->etag = absl::StrCat("\"sha256:", request.rest, "\"");
  return AnswerWithFile(request, *std::move(file));
}

}  // namespace probefarm
