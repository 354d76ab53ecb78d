#include "client/output/names.h"

#include <array>

#include "absl/strings/ascii.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "absl/strings/str_join.h"
#include "absl/strings/strip.h"
#include "lib/rpc/wire.h"

namespace probefarm {
namespace {

// The enumerator in lower case, less its type's prefix.
std::string Lowered(std::string const& enumerator, absl::string_view prefix, int number) {
  if (enumerator.empty()) return absl::StrCat(number);
  return absl::AsciiStrToLower(absl::StripPrefix(enumerator, prefix));
}

}  // namespace

std::string StateName(v1::JobState state) { return Lowered(v1::JobState_Name(state), "", state); }
std::string KindName(v1::Kind kind) { return Lowered(v1::Kind_Name(kind), "KIND_", kind); }
std::string ArchName(v1::Arch arch) { return Lowered(v1::Arch_Name(arch), "ARCH_", arch); }
std::string PhaseName(v1::LeasePhase phase) {
  return phase == v1::LEASE_PHASE_UNSPECIFIED ? "" : Lowered(v1::LeasePhase_Name(phase), "", phase);
}

std::string TimeText(google::protobuf::Timestamp const& time) {
  if (time.seconds() == 0 && time.nanos() == 0) return "";
  return absl::FormatTime("%Y-%m-%dT%H:%M:%SZ", FromWire(time), absl::UTCTimeZone());
}

std::string BuildersText(google::protobuf::RepeatedPtrField<std::string> const& ids) {
  constexpr size_t kDigits = 12;
  if (ids.empty()) return "any";
  return absl::StrJoin(ids, ",", [](std::string* out, absl::string_view id) {
    absl::StrAppend(out, absl::StripPrefix(id, "sha256:").substr(0, kDigits));
  });
}

std::string SizeText(int64_t bytes) {
  constexpr std::array<char const*, 5> kUnits = {"B", "kB", "MB", "GB", "TB"};
  double value = static_cast<double>(bytes);
  size_t unit = 0;
  while (value >= 1000 && unit + 1 < kUnits.size()) {
    value /= 1000;
    ++unit;
  }
  return unit == 0 ? absl::StrCat(bytes, " B") : absl::StrFormat("%.1f %s", value, kUnits.at(unit));
}

}  // namespace probefarm
