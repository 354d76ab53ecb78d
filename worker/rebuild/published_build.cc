#include "worker/rebuild/published_build.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/index/provenance.h"
#include "lib/index/release_index.h"
#include "lib/index/side_file_names.h"
#include "lib/index/tombstone.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int64_t kMaxBody = int64_t{64} << 20;

std::string ReleaseOf(absl::string_view index) {
  absl::ConsumeSuffix(&index, kIndexName);
  absl::ConsumeSuffix(&index, "/");
  return std::string(index);
}

absl::StatusOr<std::string> Fetch(HttpClient& http, std::string const& url) {
  HttpRequest get;
  get.url = url;
  get.max_redirects = 5;
  get.max_body_bytes = kMaxBody;
  ASSIGN_OR_RETURN(HttpResponse response, http.Send(get));
  RETURN_IF_ERROR(HttpStatusToStatus(response, absl::StrCat("fetch ", url)));
  return std::move(response.body);
}

absl::StatusOr<IndexedProbe> FindInIndex(HttpClient& http, std::string const& url,
                                         std::string const& name) {
  ASSIGN_OR_RETURN(std::string const text, Fetch(http, url));
  absl::StatusOr<ReleaseIndex> const index = ParseReleaseIndex(text);
  if (!index.ok()) return Annotate(index.status(), url);
  for (IndexedProbe const& probe : index->probes) {
    if (probe.asset_name == name || probe.file_name == name) return probe;
  }
  for (SignedTombstone const& entry : index->withdrawn) {
    Tombstone const& gone = entry.tombstone;
    if (gone.asset_name == name || gone.file_name == name)
      return absl::NotFoundError(
          absl::StrCat(url, ": ", name, " was ", WithdrawnText(gone.withdrawn_at, gone.reason)));
  }
  return absl::NotFoundError(absl::StrCat(url, ": release ", index->tag, " has no ", name));
}

// Only the line that is about the asset is taken apart whole: a release has a thousand.
absl::StatusOr<Provenance> FindProvenance(HttpClient& http, std::string const& url,
                                          std::string const& asset_name) {
  ASSIGN_OR_RETURN(std::string const text, Fetch(http, url));
  for (absl::string_view const line : absl::StrSplit(text, '\n', absl::SkipEmpty())) {
    absl::StatusOr<Provenance> read = ParseProvenance(line);
    if (!read.ok()) return Annotate(read.status(), url);
    if (read->asset_name == asset_name) return read;
  }
  return absl::NotFoundError(absl::StrCat(url, " says nothing of ", asset_name));
}

}  // namespace

absl::StatusOr<PublishedBuild> FindPublishedBuild(HttpClient& http, std::string const& index,
                                                  std::string const& name) {
  std::string const folder = ReleaseOf(index);
  ASSIGN_OR_RETURN(IndexedProbe const indexed,
                   FindInIndex(http, absl::StrCat(folder, "/", kIndexName), name));
  ASSIGN_OR_RETURN(
      Provenance provenance,
      FindProvenance(http, absl::StrCat(folder, "/", kProvenanceName), indexed.asset_name));
  if (provenance.sha256 != indexed.sha256) {
    return absl::DataLossError(absl::StrCat(folder, ": of ", name, " the index says ",
                                            indexed.sha256, ", the provenance ",
                                            provenance.sha256));
  }
  return PublishedBuild{indexed.asset_name, indexed.url, indexed.sha256, indexed.size,
                        std::move(provenance.spec)};
}

}  // namespace probefarm
