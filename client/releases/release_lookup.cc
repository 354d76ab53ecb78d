#include "client/releases/release_lookup.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "client/releases/provenance_search.h"
#include "lib/index/side_file_names.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

// What the parsers take.
constexpr int64_t kMaxText = int64_t{64} << 20;
constexpr int64_t kMaxSignature = 4096;
// Of provenance, for a look at its first line.
constexpr int64_t kMaxFirstLine = int64_t{1} << 30;
constexpr absl::Duration kFirstPause = absl::Seconds(1);

std::string NameOf(ReleaseReader const& reader) {
  return absl::StrCat(reader.repository().url, ", release ", reader.tag());
}

// A file that must be there, since SHA256SUMS is: the release is not whole without it.
absl::StatusOr<std::string> Needed(ReleaseReader& reader, std::string const& name,
                                   int64_t max_bytes, absl::string_view otherwise) {
  absl::StatusOr<std::string> text = reader.SideFile(name, max_bytes);
  if (!absl::IsNotFound(text.status())) return text;
  return absl::DataLossError(absl::StrCat(otherwise, ": ", text.status().message()));
}

// Who signed the provenance says which key the farm has. Empty when that is one of `keys`, or
// nobody can tell.
std::string OtherSigner(ReleaseReader& reader, std::vector<PublicKey> const& keys) {
  ProvenanceSearch search("", "", {});
  absl::Status const looked =
      reader.StreamSideFile(kProvenanceName, kMaxFirstLine, [&](absl::string_view piece) {
        RETURN_IF_ERROR(search.Add(piece));
        return search.first_signer().empty() ? absl::OkStatus() : absl::CancelledError();
      });
  bool const ours = std::any_of(keys.begin(), keys.end(), [&](PublicKey const& key) {
    return key.id() == search.first_signer();
  });
  bool const told = looked.ok() || absl::IsCancelled(looked);
  return ours || !told ? "" : search.first_signer();
}

absl::Status WithOtherSigner(absl::Status const& broken, ReleaseReader& reader,
                             ReleaseTexts const& texts, std::vector<PublicKey> const& keys) {
  if (SignerOf(texts, keys).ok()) return broken;
  std::string const other = OtherSigner(reader, keys);
  if (other.empty()) return broken;
  return absl::FailedPreconditionError(absl::StrCat("the signature was made with another key: id ",
                                                    other, ", yours is ", IdsOf(keys)));
}

// FAILED_PRECONDITION: it will be no better later.
absl::StatusOr<ReleaseRecord> ReadOnce(ReleaseReader& reader, std::vector<PublicKey> const& keys) {
  ReleaseTexts texts;
  ASSIGN_OR_RETURN(texts.sums, reader.SideFile(kSha256SumsName, kMaxText));
  if (keys.empty()) return ReadUnsignedRelease(texts.sums);
  ASSIGN_OR_RETURN(texts.signature, Needed(reader, kSha256SumsSignatureName, kMaxSignature,
                                           "SHA256SUMS is not signed"));
  ASSIGN_OR_RETURN(texts.index,
                   Needed(reader, kIndexName, kMaxText, "nothing says which release it is"));
  absl::StatusOr<ReleaseRecord> record = CheckRelease(texts, reader.tag(), keys);
  if (!absl::IsDataLoss(record.status())) return record;
  return WithOtherSigner(record.status(), reader, texts, keys);
}

absl::StatusOr<ReleaseRecord> ReadPatiently(ReleaseReader& reader,
                                            ReleaseQuestion const& question) {
  absl::Duration left = question.patience;
  absl::Duration pause = kFirstPause;
  absl::StatusOr<ReleaseRecord> record = ReadOnce(reader, question.keys);
  while (absl::IsDataLoss(record.status()) && left > absl::ZeroDuration()) {
    pause = std::min(pause, left);
    question.pause(pause);
    left -= pause;
    pause *= 2;
    record = ReadOnce(reader, question.keys);
  }
  if (absl::IsFailedPrecondition(record.status()))
    return absl::DataLossError(record.status().message());
  return record;
}

// For what it says of withdrawals; empty where it cannot be had.
ReleaseIndex UncheckedIndex(ReleaseReader& reader) {
  absl::StatusOr<std::string> const text = reader.SideFile(kIndexName, kMaxText);
  if (!text.ok()) return {};
  absl::StatusOr<ReleaseIndex> index = ParseReleaseIndex(*text);
  if (!index.ok() || index->tag != reader.tag()) return {};
  index->probes.clear();
  return *std::move(index);
}

absl::StatusOr<FoundRelease> LookAt(ReleaseReader reader, ReleaseQuestion const& question) {
  absl::StatusOr<ReleaseRecord> record = ReadPatiently(reader, question);
  absl::Status status = record.status();
  if (status.ok()) status = ListedSha256(*record, question.asset_name).status();
  if (record.ok() && absl::IsNotFound(status)) {
    if (question.keys.empty()) record->index = UncheckedIndex(reader);
    absl::Status const there = CheckNotWithdrawn(*record, question.asset_name, question.keys);
    if (!there.ok()) status = there;
  }
  if (!status.ok()) return Annotate(status, NameOf(reader));
  return FoundRelease{std::move(reader), *std::move(record)};
}

}  // namespace

absl::StatusOr<FoundRelease> FindRelease(HttpClient& http, ReleaseQuestion const& question) {
  std::string looked_at;
  absl::Status withdrawn;
  for (Repository const& repository : question.repositories) {
    for (std::string const& tag : question.tags) {
      absl::StatusOr<FoundRelease> found = LookAt({&http, repository, tag}, question);
      // Another build may have taken its name, in the next repository.
      if (absl::IsFailedPrecondition(found.status())) {
        withdrawn.Update(found.status());
        continue;
      }
      if (!absl::IsNotFound(found.status())) return found;
      absl::StrAppend(&looked_at, looked_at.empty() ? "" : "; ", found.status().message());
    }
  }
  if (!withdrawn.ok()) return withdrawn;
  return absl::NotFoundError(looked_at);
}

}  // namespace probefarm
