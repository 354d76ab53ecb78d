#include "coordinator/feeds/debian/archive.h"

#include <filesystem>
#include <optional>
#include <system_error>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/feeds/debian/suite_name.h"
#include "lib/archive/decompress.h"
#include "lib/digest/sha256.h"
#include "lib/http/download.h"
#include "lib/runtime/status_macros.h"

namespace probefarm::debian {
namespace {

constexpr int64_t kMaxIndexBytes = int64_t{1} << 30;

struct Index {
  std::string path;  // below dists/<suite>/
  IndexDigest digest;
};

std::optional<Index> FindIndex(ReleaseFile const& release, Arch arch) {
  for (absl::string_view const suffix : {".xz", ".gz", ""}) {
    std::string const path =
        absl::StrCat("main/binary-", DebianArchName(arch), "/Packages", suffix);
    auto const found = release.indexes.find(path);
    if (found != release.indexes.end()) return Index{path, found->second};
  }
  return std::nullopt;
}

std::string UrlOf(Suite const& suite, std::string const& index, IndexDigest const& digest) {
  std::string const folder = absl::StrCat(suite.base, "/dists/", suite.name, "/");
  // An index by its digest stays while the mirror puts the next one in place.
  if (!suite.release.by_hash) return absl::StrCat(folder, index);
  return absl::StrCat(folder, index.substr(0, index.rfind('/')), "/by-hash/SHA256/", digest.sha256);
}

bool IsWhole(std::string const& path, IndexDigest const& digest) {
  absl::StatusOr<std::string> const sha256 = Sha256OfFile(path);
  return sha256.ok() && *sha256 == digest.sha256;
}

// Files that stay behind cost room, nothing else.
void RemoveOthers(std::string const& folder, std::string const& prefix, std::string const& kept) {
  std::error_code ignored;
  for (auto const& entry : std::filesystem::directory_iterator(folder, ignored)) {
    std::string const name = entry.path().filename().string();
    if (absl::StartsWith(name, prefix) && name != kept)
      std::filesystem::remove(entry.path(), ignored);
  }
}

}  // namespace

Archive::Archive(HttpClient& http, Clock const& clock, ArchiveOptions options)
    : http_(http),
      clock_(clock),
      options_(std::move(options)),
      releases_(http, options_.cache_folder, options_.keyrings) {}

absl::StatusOr<Suite> Archive::Open(std::string const& name,
                                    std::vector<std::string> const& bases) {
  if (!IsSuiteName(name))
    return absl::InvalidArgumentError(absl::StrCat("\"", name, "\" is not a suite's name"));
  absl::Status error = absl::NotFoundError("no mirror is known");
  for (std::string const& base : bases) {
    absl::StatusOr<Suite> suite = OpenAt(name, base);
    if (suite.ok()) return suite;
    if (absl::IsNotFound(error)) error = suite.status();
  }
  return Annotate(error, absl::StrCat("suite ", name));
}

absl::StatusOr<Suite> Archive::OpenAt(std::string const& name, std::string const& base) {
  ASSIGN_OR_RETURN(ReleaseFile release, releases_.Refresh(base, name));
  if (options_.check_valid_until) RETURN_IF_ERROR(CheckStillValid(release, clock_.Now()));
  return Suite{name, base, std::move(release)};
}

absl::StatusOr<std::vector<PackageStanza>> Archive::ReadPackages(Suite const& suite, Arch arch,
                                                                 PackagesParser::Wanted wanted) {
  std::optional<Index> const index = FindIndex(suite.release, arch);
  if (!index.has_value())
    return absl::NotFoundError(
        absl::StrCat("suite ", suite.name, " has no packages for ", DebianArchName(arch)));

  std::string const folder = absl::StrCat(options_.cache_folder, "/", suite.name);
  std::string const prefix = absl::StrCat("Packages-", DebianArchName(arch), "-");
  std::string const file = absl::StrCat(prefix, index->digest.sha256);
  std::string const path = absl::StrCat(folder, "/", file);
  if (!IsWhole(path, index->digest))
    RETURN_IF_ERROR(Download(suite, index->path, index->digest, path));
  RemoveOthers(folder, prefix, file);

  std::vector<PackageStanza> stanzas;
  PackagesParser parser(std::move(wanted),
                        [&](PackageStanza stanza) { stanzas.push_back(std::move(stanza)); });
  RETURN_IF_ERROR(DecompressFile(path, kMaxIndexBytes,
                                 [&](absl::string_view piece) { return parser.Add(piece); }));
  RETURN_IF_ERROR(parser.Finish());
  return stanzas;
}

absl::Status Archive::Download(Suite const& suite, std::string const& index,
                               IndexDigest const& digest, std::string const& path) {
  DownloadRequest request;
  request.urls = {UrlOf(suite, index, digest)};
  request.destination = path;
  request.sha256 = digest.sha256;
  request.size = digest.size;
  absl::Status const status = probefarm::Download(http_, request).status();
  // The suite is there: a mirror without an index that its Release file names is broken for now.
  if (absl::IsNotFound(status)) return absl::UnavailableError(status.message());
  return Annotate(status, absl::StrCat("suite ", suite.name));
}

}  // namespace probefarm::debian
