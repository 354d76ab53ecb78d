// A build spec from a stranger: nothing throws, asserts or reads beyond its input, and what is read
// has one canonical form.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/build/build_spec.h"
#include "lib/build/sample_build_spec.h"

namespace probefarm {
namespace {

void Check(absl::string_view text) {
  absl::StatusOr<BuildSpecDocument> const once = ParseBuildSpecDocument(text);
  if (!once.ok()) return;
  absl::StatusOr<BuildSpecDocument> const again = ParseBuildSpecDocument(once->json);
  if (!again.ok() || again->json != once->json || again->spec != once->spec) std::abort();
  if (InputsFingerprint(again->spec) != InputsFingerprint(once->spec)) std::abort();
}

// The text in place of values in a spec that is whole but for them.
void CheckInPlace(absl::string_view text) {
  static std::string const sample = ToJson(SampleBuildSpec());
  for (absl::string_view const value :
       {"1.5", "16777216", "\"C\"", "\"out/falco.ko\"", "\"debian\""})
    Check(absl::StrReplaceAll(sample, {{value, text}}));
}

}  // namespace
}  // namespace probefarm

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  probefarm::Check(text);
  probefarm::CheckInPlace(text);
  return 0;
}
