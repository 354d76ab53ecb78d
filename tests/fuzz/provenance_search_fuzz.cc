// A signed release as a stranger's machine reads it: nothing throws or reads beyond its input, how
// it is cut does not matter, what is read is written back the same, and nothing is ever found
// signed, since the key was made just now.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "client/releases/provenance_search.h"
#include "client/releases/release_record.h"
#include "lib/signing/dsse_envelope.h"
#include "lib/signing/signing_key.h"

namespace probefarm {
namespace {

std::vector<PublicKey> const& Keys() {
  static std::vector<PublicKey> const keys = {SigningKey::Generate().value().public_key()};
  return keys;
}

// The status of a search, with the text in two pieces.
absl::Status Search(absl::string_view text, size_t cut) {
  ProvenanceSearch search("a.o", std::string(64, 'a'), Keys());
  absl::Status added = search.Add(text.substr(0, cut));
  if (added.ok()) added = search.Add(text.substr(cut));
  return added.ok() ? search.Finish().status() : added;
}

void CheckSearch(absl::string_view text) {
  absl::Status const whole = Search(text, text.size());
  if (whole.ok() || Search(text, text.size() / 2) != whole) std::abort();
}

void CheckEnvelope(absl::string_view text) {
  absl::StatusOr<DsseEnvelope> const envelope = ParseDsse(text);
  if (!envelope.ok()) return;
  if (VerifyDsse(*envelope, Keys()) != nullptr) std::abort();
  absl::StatusOr<DsseEnvelope> const again = ParseDsse(RenderDsse(*envelope));
  if (!again.ok() || *again != *envelope) std::abort();
}

void CheckRecord(absl::string_view text) {
  ReleaseTexts const texts{std::string(text.substr(text.size() / 2)),
                           std::string(text.substr(0, kSignatureBytes)),
                           std::string(text.substr(0, text.size() / 2))};
  if (CheckRelease(texts, "t", Keys()).ok()) std::abort();
  absl::StatusOr<ReleaseRecord> const record = ReadUnsignedRelease(text);
  if (record.ok()) IndexedAsset(*record, "a.o").IgnoreError();
}

}  // namespace
}  // namespace probefarm

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  probefarm::CheckSearch(text);
  probefarm::CheckEnvelope(text);
  probefarm::CheckRecord(text);
  return 0;
}
