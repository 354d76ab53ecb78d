#include "lib/http/download.h"

#include <memory>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/http/new_file.h"
#include "lib/http/request_check.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kMaxRedirects = 5;
constexpr int kTriesOfOneUrl = 5;
constexpr int kOk = 200;
constexpr int kPartialContent = 206;
constexpr int kNotModified = 304;
constexpr int kNotFound = 404;
constexpr int kGone = 410;

bool AsksConditionally(DownloadRequest const& request) {
  return request.urls.size() == 1 &&
         !(request.validators.etag.empty() && request.validators.last_modified.empty());
}

std::string HeaderOr(HttpResponse const& response, std::string const& name,
                     std::string const& otherwise) {
  auto const header = response.headers.find(name);
  return header == response.headers.end() ? otherwise : header->second;
}

Validators ValidatorsOf(HttpResponse const& response, Validators const& otherwise) {
  return {HeaderOr(response, "etag", otherwise.etag),
          HeaderOr(response, "last-modified", otherwise.last_modified)};
}

// What comes, on its way into a new file: of one answer, or of several where one went on where
// another had broken off.
class Arrival {
 public:
  Arrival(DownloadRequest const& request, NewFile& file) : request_(request), file_(file) {}

  // Bytes that another answer may go on from.
  int64_t size() const { return size_; }
  // Whether what is there came of more than one answer.
  bool pieced_together() const { return answers_ > 1; }

  // An answer begins; it has the whole, or the part that was asked for.
  absl::Status Begin(HttpResponse const& head) {
    if (head.status != kPartialContent) RETURN_IF_ERROR(Restart());
    ++answers_;
    if (head.status != kPartialContent || StartsAt(head, size_)) return absl::OkStatus();
    return absl::UnavailableError("the answer is not the part that was asked for");
  }

  absl::Status Add(absl::string_view piece) {
    size_ += static_cast<int64_t>(piece.size());
    if (request_.size >= 0 && size_ > request_.size)
      return absl::DataLossError(
          absl::StrCat("expected ", request_.size, " bytes, got at least ", size_));
    if (size_ > request_.max_bytes)
      return absl::ResourceExhaustedError(
          absl::StrCat("more than the ", request_.max_bytes, " bytes allowed"));
    hash_.Update(piece);
    return file_.Write(piece);
  }

  absl::StatusOr<DownloadResult> Finish() {
    DownloadResult result;
    result.size = size_;
    result.sha256 = hash_.HexDigest();
    if (request_.size >= 0 && size_ != request_.size)
      return absl::DataLossError(absl::StrCat("expected ", request_.size, " bytes, got ", size_));
    if (!request_.sha256.empty() && result.sha256 != request_.sha256)
      return absl::DataLossError(
          absl::StrCat("expected SHA-256 ", request_.sha256, ", got ", result.sha256));
    RETURN_IF_ERROR(file_.Commit());
    return result;
  }

  absl::Status Restart() {
    if (size_ > 0) RETURN_IF_ERROR(file_.Restart());
    hash_ = Sha256();
    size_ = 0;
    answers_ = 0;
    return absl::OkStatus();
  }

 private:
  // Content-Range: bytes 6-17/18 (RFC 9110, section 14.4)
  static bool StartsAt(HttpResponse const& head, int64_t start) {
    auto const range = head.headers.find("content-range");
    return range != head.headers.end() &&
           absl::StartsWith(range->second, absl::StrCat("bytes ", start, "-"));
  }

  DownloadRequest const& request_;
  NewFile& file_;
  Sha256 hash_;
  int64_t size_ = 0;
  int answers_ = 0;
};

// Only what is verified in the end may be pieced together: a mirror may have another file by now.
bool CanResume(DownloadRequest const& request) { return !request.sha256.empty(); }

HttpRequest HttpRequestFor(DownloadRequest const& request, std::string const& url, int64_t from) {
  HttpRequest get;
  get.url = url;
  get.max_redirects = kMaxRedirects;
  get.cancelled = request.cancelled;
  if (from > 0) get.headers.emplace_back("Range", absl::StrCat("bytes=", from, "-"));
  if (!AsksConditionally(request)) return get;
  if (!request.validators.etag.empty())
    get.headers.emplace_back("If-None-Match", request.validators.etag);
  if (!request.validators.last_modified.empty())
    get.headers.emplace_back("If-Modified-Since", request.validators.last_modified);
  return get;
}

absl::Status CheckStatus(int status) {
  if (status == kOk || status == kPartialContent) return absl::OkStatus();
  std::string const message = absl::StrCat("HTTP status ", status);
  return status == kNotFound || status == kGone ? absl::NotFoundError(message)
                                                : absl::UnavailableError(message);
}

absl::StatusOr<DownloadResult> Conclude(DownloadRequest const& request,
                                        HttpResponse const& response, Arrival& arrival) {
  DownloadResult result;
  if (response.status == kNotModified && AsksConditionally(request)) {
    result.not_modified = true;
    result.validators = ValidatorsOf(response, request.validators);
    return result;
  }
  RETURN_IF_ERROR(CheckStatus(response.status));
  ASSIGN_OR_RETURN(result, arrival.Finish());
  result.validators = ValidatorsOf(response, Validators());
  return result;
}

absl::StatusOr<DownloadResult> Ask(HttpClient& http, DownloadRequest const& request,
                                   std::string const& url, Arrival& arrival) {
  // All had come, and then the answer broke off: there is no part left to ask for.
  if (arrival.size() == request.size) RETURN_IF_ERROR(arrival.Restart());
  HttpRequest get = HttpRequestFor(request, url, arrival.size());
  get.on_head = [&arrival](HttpResponse const& head) { return arrival.Begin(head); };
  get.sink = [&arrival](absl::string_view piece) { return arrival.Add(piece); };
  absl::StatusOr<HttpResponse> const response = http.Send(get);
  RETURN_IF_ERROR(response.status());
  absl::StatusOr<DownloadResult> result = Conclude(request, *response, arrival);
  if (!result.ok()) return Annotate(result.status(), DescribeRequest(get));
  return result;
}

// Whether the same URL is worth asking again at once: it broke off after something had come, or
// what was pieced together is not the file.
bool IsWorthAnother(DownloadRequest const& request, absl::Status const& status, int64_t before,
                    Arrival const& arrival) {
  if (!CanResume(request)) return false;
  if (absl::IsDataLoss(status)) return arrival.pieced_together();
  bool const broke_off = absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status);
  return broke_off && arrival.size() > before;
}

absl::StatusOr<DownloadResult> DownloadFrom(HttpClient& http, DownloadRequest const& request,
                                            std::string const& url, Arrival& arrival) {
  absl::StatusOr<DownloadResult> result;
  for (int tries = 0; tries < kTriesOfOneUrl; ++tries) {
    int64_t const before = arrival.size();
    result = Ask(http, request, url, arrival);
    if (result.ok() || !IsWorthAnother(request, result.status(), before, arrival)) break;
    if (absl::IsDataLoss(result.status())) RETURN_IF_ERROR(arrival.Restart());
  }
  // What is not to be trusted, or not to be verified, is nothing to go on from.
  bool const useless = !CanResume(request) || absl::IsDataLoss(result.status());
  if (!result.ok() && useless) RETURN_IF_ERROR(arrival.Restart());
  return result;
}

bool EndsTheDownload(absl::Status const& status) {
  return absl::IsCancelled(status) || absl::IsResourceExhausted(status);
}

// A URL that may do better later outweighs one that gave the wrong file, and that one a missing
// file.
absl::StatusCode Outweighing(absl::StatusCode code, absl::Status const& failure) {
  if (absl::IsNotFound(failure)) return code;
  if (absl::IsDataLoss(failure) && code == absl::StatusCode::kNotFound)
    return absl::StatusCode::kDataLoss;
  return absl::IsDataLoss(failure) ? code : absl::StatusCode::kUnavailable;
}

absl::Status Combine(std::vector<absl::Status> const& failures) {
  absl::StatusCode code = absl::StatusCode::kNotFound;
  std::string message;
  for (absl::Status const& failure : failures) {
    code = Outweighing(code, failure);
    absl::StrAppend(&message, message.empty() ? "" : "; ", failure.message());
  }
  return {code, message};
}

}  // namespace

absl::StatusOr<DownloadResult> Download(HttpClient& http, DownloadRequest const& request) {
  if (request.urls.empty())
    return absl::InvalidArgumentError(absl::StrCat("no URL for ", request.destination));
  ASSIGN_OR_RETURN(std::unique_ptr<NewFile> const file, NewFile::Create(request.destination));
  Arrival arrival(request, *file);
  std::vector<absl::Status> failures;
  for (std::string const& url : request.urls) {
    absl::StatusOr<DownloadResult> result = DownloadFrom(http, request, url, arrival);
    if (result.ok()) return result;
    failures.push_back(result.status());
    if (EndsTheDownload(result.status())) return result;
  }
  return Combine(failures);
}

}  // namespace probefarm
