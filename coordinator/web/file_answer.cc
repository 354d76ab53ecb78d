#include "coordinator/web/file_answer.h"

#include <fcntl.h>
#include <sys/stat.h>

#include <algorithm>
#include <cerrno>
#include <optional>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "absl/time/time.h"
#include "coordinator/web/byte_range.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kHttpDate[] = "%a, %d %b %Y %H:%M:%S GMT";

std::optional<absl::Time> ParseHttpDate(std::string const& text) {
  absl::Time time;
  std::string error;
  if (!absl::ParseTime(kHttpDate, text, &time, &error)) return std::nullopt;
  return time;
}

absl::Time ToSeconds(absl::Time time) { return absl::FromUnixSeconds(absl::ToUnixSeconds(time)); }

// If-None-Match compares weakly.
bool MatchesAny(std::string const& etags, std::string const& etag) {
  std::vector<absl::string_view> const list = absl::StrSplit(etags, ',');
  return std::any_of(list.begin(), list.end(), [&](absl::string_view one) {
    one = absl::StripAsciiWhitespace(one);
    return one == "*" || absl::StripPrefix(one, "W/") == etag;
  });
}

bool IsUnchanged(IncomingRequest const& request, ServedFile const& file) {
  std::string const& etags = request.Header("if-none-match");
  if (!etags.empty()) return MatchesAny(etags, file.etag);
  std::optional<absl::Time> const since = ParseHttpDate(request.Header("if-modified-since"));
  return since && ToSeconds(file.modified) <= *since;
}

// Whether the part that the client has is of this file.
bool RangeApplies(IncomingRequest const& request, ServedFile const& file) {
  std::string const& condition = request.Header("if-range");
  return condition.empty() || condition == file.etag || condition == FormatHttpDate(file.modified);
}

RangeAnswer WantedRange(IncomingRequest const& request, ServedFile const& file) {
  if (!RangeApplies(request, file)) return WholeFile{};
  return ParseByteRange(request.Header("range"), file.size);
}

std::vector<std::pair<std::string, std::string>> FileHeaders(ServedFile const& file) {
  return {{"ETag", file.etag},
          {"Last-Modified", FormatHttpDate(file.modified)},
          {"Accept-Ranges", "bytes"}};
}

HttpAnswer Unsatisfiable(int64_t size) {
  HttpAnswer answer = TextAnswer(416, absl::StrCat("the file has ", size, " bytes"));
  answer.headers.emplace_back("Content-Range", absl::StrCat("bytes */", size));
  return answer;
}

std::string ContentRange(ByteRange const& range, int64_t size) {
  return absl::StrCat("bytes ", range.offset, "-", range.offset + range.length - 1, "/", size);
}

}  // namespace

std::string FormatHttpDate(absl::Time time) {
  return absl::FormatTime(kHttpDate, time, absl::UTCTimeZone());
}

absl::StatusOr<ServedFile> OpenServedFile(std::string const& path) {
  // O_NONBLOCK: opening a pipe must not wait for its writer.
  absl::StatusOr<UniqueFd> fd = OpenFile(path, O_RDONLY | O_NONBLOCK);
  if (!fd.ok()) return fd.status();
  struct stat about {};
  if (fstat(fd->get(), &about) != 0) return FileError(errno, "stat", path);
  if (!S_ISREG(about.st_mode)) return absl::NotFoundError(absl::StrCat(path, " is no file"));
  absl::Time const modified = absl::TimeFromTimespec(about.st_mtim);
  return ServedFile{
      .fd = *std::move(fd),
      .size = about.st_size,
      .modified = modified,
      .etag = absl::StrCat("\"", absl::Hex(about.st_ino), "-", absl::Hex(about.st_size), "-",
                           absl::Hex(absl::ToUnixNanos(modified)), "\"")};
}

HttpAnswer AnswerWithFile(IncomingRequest const& request, ServedFile file) {
  HttpAnswer answer{.headers = FileHeaders(file)};
  if (IsUnchanged(request, file)) {
    answer.status = 304;
    return answer;
  }
  RangeAnswer const wanted = WantedRange(request, file);
  if (std::holds_alternative<UnsatisfiableRange>(wanted)) return Unsatisfiable(file.size);
  answer.headers.emplace_back("Content-Type", file.content_type);
  if (auto const* range = std::get_if<ByteRange>(&wanted)) {
    answer.status = 206;
    answer.headers.emplace_back("Content-Range", ContentRange(*range, file.size));
    answer.file = FileBody{std::move(file.fd), range->offset, range->length};
  } else {
    answer.file = FileBody{std::move(file.fd), 0, file.size};
  }
  return answer;
}

HttpAnswer FileErrorAnswer(absl::Status const& status) {
  if (absl::IsNotFound(status) || absl::IsInvalidArgument(status))
    return TextAnswer(404, "there is no such file");
  Log(LogLevel::kError, "cannot serve a file", {{"error", status.ToString()}});
  return TextAnswer(500, "the file cannot be read; the coordinator's log says why");
}

}  // namespace probefarm
