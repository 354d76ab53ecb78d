#include "lib/http/download.h"

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/http/new_file.h"
#include "lib/http/request_check.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kMaxRedirects = 5;
constexpr int kOk = 200;
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

// What one URL gives, on its way into a new file.
class Arrival {
 public:
  Arrival(DownloadRequest const& request, NewFile& file) : request_(request), file_(file) {}

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

 private:
  DownloadRequest const& request_;
  NewFile& file_;
  Sha256 hash_;
  int64_t size_ = 0;
};

HttpRequest HttpRequestFor(DownloadRequest const& request, std::string const& url) {
  HttpRequest get;
  get.url = url;
  get.max_redirects = kMaxRedirects;
  get.cancelled = request.cancelled;
  if (!AsksConditionally(request)) return get;
  if (!request.validators.etag.empty())
    get.headers.emplace_back("If-None-Match", request.validators.etag);
  if (!request.validators.last_modified.empty())
    get.headers.emplace_back("If-Modified-Since", request.validators.last_modified);
  return get;
}

absl::Status CheckStatus(int status) {
  if (status == kOk) return absl::OkStatus();
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

absl::StatusOr<DownloadResult> DownloadFrom(HttpClient& http, DownloadRequest const& request,
                                            std::string const& url) {
  ASSIGN_OR_RETURN(std::unique_ptr<NewFile> const file, NewFile::Create(request.destination));
  Arrival arrival(request, *file);
  HttpRequest get = HttpRequestFor(request, url);
  get.sink = [&arrival](absl::string_view piece) { return arrival.Add(piece); };
  ASSIGN_OR_RETURN(HttpResponse const response, http.Send(get));
  absl::StatusOr<DownloadResult> result = Conclude(request, response, arrival);
  if (!result.ok()) return Annotate(result.status(), DescribeRequest(get));
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
  std::vector<absl::Status> failures;
  for (std::string const& url : request.urls) {
    absl::StatusOr<DownloadResult> result = DownloadFrom(http, request, url);
    if (result.ok()) return result;
    failures.push_back(result.status());
    if (EndsTheDownload(result.status())) return result;
  }
  return Combine(failures);
}

}  // namespace probefarm
