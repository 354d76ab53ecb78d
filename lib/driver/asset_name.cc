#include "lib/driver/asset_name.h"

#include <algorithm>

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_format.h"
#include "lib/driver/driver_version.h"

namespace probefarm {
namespace {

constexpr size_t kMaxFileName = 255;
constexpr size_t kMaxDriverName = 40;
constexpr size_t kCommitHash = 40;
constexpr size_t kShortHash = 8;

bool KeptInAssetName(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("._+@-", absl::string_view(&c, 1));
}
bool KeptInUrl(char c) {
  return absl::ascii_isalnum(c) || absl::StrContains("-._~/@", absl::string_view(&c, 1));
}

bool IsCommitHash(absl::string_view version) {
  return version.size() == kCommitHash && std::all_of(version.begin(), version.end(), [](char c) {
           return absl::ascii_isxdigit(c);
         });
}

}  // namespace

std::string ProbeFileName(absl::string_view driver_name, ProbeId const& probe) {
  return absl::StrCat(driver_name, "_", probe.target, "_", probe.kernel_release, "_",
                      probe.kernel_version, ".", KindExtension(probe.kind));
}

absl::Status CheckDriverName(absl::string_view name) {
  bool const plain = std::all_of(name.begin(), name.end(), [](char c) {
    return absl::ascii_islower(c) || absl::ascii_isdigit(c) || c == '_';
  });
  if (plain && !name.empty() && name.size() <= kMaxDriverName && absl::ascii_islower(name[0]))
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("driver name '", absl::Utf8SafeCHexEscape(name),
                   "' is not a module's name: a-z, then up to 39 of a-z, 0-9 and _"));
}

std::string SanitizeAssetName(absl::string_view name) {
  std::string kept;
  bool replacing = false;
  for (char const c : name) {
    if (KeptInAssetName(c)) {
      kept += c;
    } else if (!replacing) {
      kept += '.';
    }
    replacing = !KeptInAssetName(c);
  }
  size_t const first = kept.find_first_not_of('.');
  if (first == std::string::npos) return "";
  return kept.substr(first, kept.find_last_not_of('.') - first + 1);
}

absl::Status CheckFileName(absl::string_view name) {
  bool const plain = std::all_of(name.begin(), name.end(),
                                 [](char c) { return c != '/' && !absl::ascii_iscntrl(c); });
  if (plain && !name.empty() && name.size() <= kMaxFileName && name != "." && name != "..")
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::CHexEscape(name.substr(0, kMaxFileName)),
                   "' is not a file name of 1-255 bytes without / and control characters"));
}

std::string ReleaseTag(ProbeId const& probe) {
  if (IsCommitHash(probe.driver_version)) return probe.driver_version.substr(0, kShortHash);
  if (GenerationOf(probe.driver_version) == LoaderGeneration::kA) return probe.driver_version;
  return absl::StrCat(probe.driver_version, "/", ArchName(probe.arch));
}

std::string EncodeUrlPath(absl::string_view path) {
  std::string encoded;
  for (char const c : path) {
    if (KeptInUrl(c)) {
      encoded += c;
    } else {
      absl::StrAppendFormat(&encoded, "%%%02X", static_cast<unsigned char>(c));
    }
  }
  return encoded;
}

}  // namespace probefarm
