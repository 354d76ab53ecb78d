#include "coordinator/web/release_pages.h"

#include <string>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/string_view.h"
#include "coordinator/web/file_answer.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

std::string ContentType(absl::string_view path) {
  if (absl::EndsWith(path, kSha256SumsName)) return "text/plain; charset=utf-8";
  if (absl::EndsWith(path, kIndexName)) return "application/json";
  return "application/octet-stream";
}

absl::StatusOr<ServedFile> Open(DirectoryHost const& host, std::string const& tag_and_file) {
  ASSIGN_OR_RETURN(std::string const path, host.DownloadPath(tag_and_file));
  ASSIGN_OR_RETURN(ServedFile file, OpenServedFile(path));
  file.content_type = ContentType(path);
  return file;
}

}  // namespace

HttpAnswer ReleasePages::Answer(IncomingRequest const& request) {
  absl::StatusOr<ServedFile> file = Open(*host_, request.rest);
  return file.ok() ? AnswerWithFile(request, *std::move(file)) : FileErrorAnswer(file.status());
}

}  // namespace probefarm
