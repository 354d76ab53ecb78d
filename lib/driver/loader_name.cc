#include "lib/driver/loader_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

size_t DigitsAt(absl::string_view text, size_t at) {
  size_t end = at;
  while (end < text.size() && absl::ascii_isdigit(text[end])) ++end;
  return end - at;
}

// The rule replaces from the first `#<digits>` to the end and keeps what stands before it.
std::string BaseVersion(absl::string_view uname_v) {
  for (size_t at = 0; at < uname_v.size(); ++at) {
    if (uname_v[at] != '#') continue;
    if (size_t const digits = DigitsAt(uname_v, at + 1); digits > 0) {
      return absl::StrCat(uname_v.substr(0, at), uname_v.substr(at + 1, digits));
    }
  }
  return std::string(uname_v);
}

// The length of <n>.<n>.<n>-<n> at `at`, or 0.
size_t PackageVersionAt(absl::string_view text, size_t at) {
  size_t end = at;
  for (char const separator : {'.', '.', '-', '\0'}) {
    size_t const digits = DigitsAt(text, end);
    if (digits == 0) return 0;
    end += digits;
    if (separator == '\0') break;
    if (end >= text.size() || text[end] != separator) return 0;
    ++end;
  }
  return end - at;
}

absl::string_view PackageVersion(absl::string_view uname_v) {
  for (size_t at = 0; at < uname_v.size(); ++at) {
    if (size_t const length = PackageVersionAt(uname_v, at); length > 0)
      return uname_v.substr(at, length);
  }
  return "";
}

// The leftmost of amd64 and arm64 with the flavour before it: "cloud-amd64". Empty where the
// release has neither.
std::string FlavourAndArch(absl::string_view uname_r) {
  size_t const at = std::min(uname_r.find("amd64"), uname_r.find("arm64"));
  if (at == absl::string_view::npos) return "";
  absl::string_view const arch = uname_r.substr(at, 5);
  absl::string_view const before = uname_r.substr(0, at);
  if (absl::EndsWith(before, "rt-")) return absl::StrCat("rt-", arch);
  if (absl::EndsWith(before, "cloud-")) return absl::StrCat("cloud-", arch);
  return std::string(arch);
}

}  // namespace

ProbeId ProbeForHost(absl::string_view driver_version, HostKernel const& host, Kind kind) {
  ProbeId probe{std::string(driver_version), host.arch, host.target, host.release,
                BaseVersion(host.version),   kind};
  LoaderGeneration const generation = GenerationOf(driver_version);
  if (host.target != "debian" || generation < LoaderGeneration::kD) return probe;
  absl::string_view const package = PackageVersion(host.version);
  if (package.empty()) return probe;
  std::string const suffix = FlavourAndArch(host.release);
  probe.kernel_release = suffix.empty() ? std::string(package) : absl::StrCat(package, "-", suffix);
  if (generation >= LoaderGeneration::kE) probe.kernel_version = "1";
  return probe;
}

}  // namespace probefarm
