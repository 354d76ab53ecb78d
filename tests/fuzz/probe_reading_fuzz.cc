// Names and tags of a repository that others have filled: what is read is where it was read from.
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "coordinator/releases/probe_reading.h"
#include "lib/driver/asset_name.h"

extern "C" int LLVMFuzzerTestOneInput(uint8_t const* data, size_t size) {
  absl::string_view const text(reinterpret_cast<char const*>(data), size);
  size_t const end = text.find('\n');
  absl::string_view const tag = text.substr(0, end);
  absl::string_view const name =
      end == absl::string_view::npos ? absl::string_view() : text.substr(end + 1);
  std::vector<std::string> const versions = {"8.0.0+driver",
                                             "b7eb0dd65226a8dc254d228c8d950d07bf3521d2"};
  absl::StatusOr<probefarm::ProbeId> const probe =
      probefarm::ReadProbe("falco", versions, tag, name);
  if (!probe.ok()) return 0;
  if (probefarm::ProbeFileName("falco", *probe) != name) std::abort();
  if (probefarm::ReleaseTag(*probe) != tag) std::abort();
  return 0;
}
