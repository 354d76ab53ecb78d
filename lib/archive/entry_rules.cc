#include "lib/archive/entry_rules.h"

#include <algorithm>
#include <utility>

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

constexpr size_t kMaxSymlinkBytes = size_t{16} << 20;

using Components = std::vector<absl::string_view>;

Components Split(absl::string_view path) {
  return absl::StrSplit(path, '/',
                        [](absl::string_view part) { return !part.empty() && part != "."; });
}

absl::Status CheckLength(absl::string_view path, ArchiveLimits const& limits) {
  if (path.size() <= static_cast<size_t>(limits.max_path_bytes)) return absl::OkStatus();
  return absl::ResourceExhaustedError(
      absl::StrCat("a path of more than max_path_bytes (", limits.max_path_bytes, ")"));
}

bool Climbs(Components const& components) {
  return std::find(components.begin(), components.end(), "..") != components.end();
}

bool BelowAllowedRoot(absl::string_view target, std::vector<std::string> const& allowed_roots) {
  return !Climbs(Split(target)) &&
         std::any_of(allowed_roots.begin(), allowed_roots.end(), [&](std::string const& root) {
           absl::string_view rest = target;
           return absl::ConsumePrefix(&rest, absl::StrCat(absl::StripSuffix(root, "/"), "/")) &&
                  !rest.empty();
         });
}

absl::Status LeavesTheTree(absl::string_view target) {
  return absl::InvalidArgumentError(
      absl::StrCat("a link to '", absl::CHexEscape(target), "' could lead out of the tree"));
}

}  // namespace

absl::StatusOr<std::string> NormalizePath(absl::string_view path, ArchiveLimits const& limits) {
  absl::Status const length = CheckLength(path, limits);
  if (!length.ok()) return length;
  if (path.empty()) return absl::InvalidArgumentError("an empty path");
  if (absl::StartsWith(path, "/")) return absl::InvalidArgumentError("an absolute path");
  Components const components = Split(path);
  if (Climbs(components)) return absl::InvalidArgumentError("a path with '..'");
  if (components.size() > static_cast<size_t>(limits.max_depth))
    return absl::ResourceExhaustedError(
        absl::StrCat("a path deeper than max_depth (", limits.max_depth, ")"));
  return absl::StrJoin(components, "/");
}

absl::Status CheckSymlinkTarget(absl::string_view path, absl::string_view target,
                                std::vector<std::string> const& allowed_roots,
                                ArchiveLimits const& limits) {
  absl::Status const length = CheckLength(target, limits);
  if (!length.ok()) return length;
  if (target.empty()) return absl::InvalidArgumentError("a link to nothing");
  if (absl::StartsWith(target, "/"))
    return BelowAllowedRoot(target, allowed_roots) ? absl::OkStatus() : LeavesTheTree(target);

  Components const components = Split(target);
  auto const first_name = std::find_if(components.begin(), components.end(),
                                       [](absl::string_view part) { return part != ".."; });
  auto const ups = static_cast<size_t>(first_name - components.begin());
  bool const climbs_later = std::find(first_name, components.end(), "..") != components.end();
  size_t const depth = Split(path).size() - 1;
  return climbs_later || ups > depth ? LeavesTheTree(target) : absl::OkStatus();
}

absl::Status SymlinksSeen::Check(absl::string_view path) const {
  for (size_t end = path.find('/');; end = path.find('/', end + 1)) {
    absl::string_view const prefix = path.substr(0, end);
    if (paths_.find(prefix) != paths_.end())
      return absl::InvalidArgumentError(
          absl::StrCat("a path through the link '", absl::CHexEscape(prefix), "' before it"));
    if (end == absl::string_view::npos) return absl::OkStatus();
  }
}

absl::Status SymlinksSeen::Add(std::string path) {
  bytes_ += path.size();
  if (bytes_ > kMaxSymlinkBytes)
    return absl::ResourceExhaustedError(
        absl::StrCat("the paths of its links take more than ", kMaxSymlinkBytes, " bytes"));
  paths_.insert(std::move(path));
  return absl::OkStatus();
}

}  // namespace probefarm
