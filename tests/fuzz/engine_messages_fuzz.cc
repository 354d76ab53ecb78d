// The parsers of the engine's answers, and of its reasons for refusing: nothing throws, hangs or
// reads beyond its input, whatever comes.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "absl/strings/string_view.h"
#include "worker/engine/docker_messages.h"
#include "worker/engine/engine_error.h"

namespace probefarm {
namespace {

// An answer that is refused is INTERNAL, or RESOURCE_EXHAUSTED by the engine's own words.
void Check(absl::Status const& status) {
  if (!status.ok() && !absl::IsInternal(status) && !absl::IsResourceExhausted(status)) std::abort();
}

void ParseAll(absl::string_view body) {
  Check(ParseVersion(body).status());
  Check(ParseHost(body).status());
  Check(ParseCreatedContainer(body).status());
  Check(ParseContainerState(body).status());
  Check(ParseContainers(body).status());
  Check(ParseVolumes(body).status());
  Check(CheckImageLoaded(body));
  if (EngineReason(body).empty()) std::abort();
}

}  // namespace
}  // namespace probefarm

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  probefarm::ParseAll(absl::string_view(reinterpret_cast<char const*>(data), size));
  return 0;
}
