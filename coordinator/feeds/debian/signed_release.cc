#include "coordinator/feeds/debian/signed_release.h"

#include <filesystem>
#include <fstream>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "coordinator/feeds/debian/signature.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"

namespace probefarm::debian {
namespace {

constexpr int64_t kMaxReleaseBytes = int64_t{16} << 20;
constexpr char kKept[] = "InRelease";
constexpr char kCandidate[] = "InRelease.candidate";
constexpr char kOrigin[] = "InRelease.origin";  // lines: URL, ETag, Last-Modified

absl::Status CheckName(ReleaseFile const& release, std::string const& suite) {
  if (release.codename == suite || release.suite == suite) return absl::OkStatus();
  return absl::DataLossError(
      absl::StrCat("the mirror answered with suite ", release.codename, " (", release.suite, ")"));
}

absl::Status CheckNotOlder(ReleaseFile const& release, ReleaseFile const& kept,
                           std::string const& url) {
  if (release.date >= kept.date) return absl::OkStatus();
  return absl::UnavailableError(
      absl::StrCat(url, " is of ", absl::FormatTime(release.date, absl::UTCTimeZone()),
                   ", older than the one of ", absl::FormatTime(kept.date, absl::UTCTimeZone()),
                   " that was seen before: the mirror is behind, or somebody withholds updates"));
}

}  // namespace

SignedReleases::SignedReleases(HttpClient& http, std::string folder,
                               std::vector<std::string> keyrings)
    : http_(http), folder_(std::move(folder)), keyrings_(std::move(keyrings)) {}

absl::StatusOr<ReleaseFile> SignedReleases::Refresh(std::string const& base,
                                                    std::string const& suite) {
  RETURN_IF_ERROR(MakeFolders(absl::StrCat(folder_, "/", suite)));
  // A kept file that is gone, damaged, or signed by a key that is no longer trusted is no file.
  absl::StatusOr<ReleaseFile> kept = Read(PathOf(suite, kKept), suite);

  DownloadRequest request;
  request.urls = {absl::StrCat(base, "/dists/", suite, "/InRelease")};
  request.destination = PathOf(suite, kCandidate);
  request.max_bytes = kMaxReleaseBytes;
  if (kept.ok()) request.validators = ReadValidators(suite, request.urls[0]);
  ASSIGN_OR_RETURN(DownloadResult const downloaded, Download(http_, request));
  if (downloaded.not_modified) return kept;

  ASSIGN_OR_RETURN(ReleaseFile release, Read(request.destination, suite));
  if (kept.ok()) RETURN_IF_ERROR(CheckNotOlder(release, *kept, request.urls[0]));
  RETURN_IF_ERROR(Accept(suite, request.urls[0], downloaded.validators));
  return release;
}

std::string SignedReleases::PathOf(std::string const& suite, absl::string_view file) const {
  return absl::StrCat(folder_, "/", suite, "/", file);
}

absl::StatusOr<ReleaseFile> SignedReleases::Read(std::string const& path,
                                                 std::string const& suite) const {
  ASSIGN_OR_RETURN(std::string const text, ReadSignedText(path, keyrings_));
  ASSIGN_OR_RETURN(ReleaseFile release, ParseReleaseFile(text));
  RETURN_IF_ERROR(CheckName(release, suite));
  return release;
}

Validators SignedReleases::ReadValidators(std::string const& suite, std::string const& url) const {
  std::ifstream file(PathOf(suite, kOrigin));
  std::string origin;
  Validators validators;
  std::getline(file, origin);
  std::getline(file, validators.etag);
  std::getline(file, validators.last_modified);
  return file && origin == url ? validators : Validators();
}

// The file first: validators of a file that is not there would keep it away for good.
absl::Status SignedReleases::Accept(std::string const& suite, std::string const& url,
                                    Validators const& validators) const {
  std::error_code error;
  std::filesystem::rename(PathOf(suite, kCandidate), PathOf(suite, kKept), error);
  if (error) return FileError(error.value(), "rename", PathOf(suite, kCandidate));
  return ReplaceFile(
      PathOf(suite, kOrigin), PathOf(suite, "InRelease.origin.new"),
      absl::StrCat(url, "\n", validators.etag, "\n", validators.last_modified, "\n"));
}

}  // namespace probefarm::debian
