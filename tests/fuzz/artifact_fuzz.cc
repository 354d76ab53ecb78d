#include <cstddef>
#include <cstdint>

#include "absl/strings/string_view.h"
#include "worker/artifact/artifact_check.h"

// What a build leaves is outside text: it is refused or accepted, and nothing else happens.
extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const bytes(reinterpret_cast<char const*>(data), size);
  probefarm::ArtifactExpectation const expect{"6.1.0-56-cloud-amd64", "8.0.0+driver"};
  for (auto const kind : {probefarm::Kind::kBpf, probefarm::Kind::kKmod}) {
    probefarm::CheckArtifactBytes(bytes, kind, probefarm::Arch::kX86_64, expect).IgnoreError();
  }
  return 0;
}
