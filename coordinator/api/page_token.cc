#include "coordinator/api/page_token.h"

#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"

namespace probefarm {
namespace {

constexpr size_t kDigits = 8;

std::string QueryDigest(absl::string_view list, google::protobuf::MessageLite const& filter) {
  return Sha256Hex(absl::StrCat(list, "\n", filter.SerializeAsString())).substr(0, kDigits);
}

}  // namespace

std::string PageToken(absl::string_view list, google::protobuf::MessageLite const& filter,
                      absl::string_view cursor) {
  return cursor.empty() ? "" : absl::StrCat(cursor, ".", QueryDigest(list, filter));
}

absl::StatusOr<std::string> CursorOf(absl::string_view list,
                                     google::protobuf::MessageLite const& filter,
                                     absl::string_view token) {
  if (token.empty()) return "";
  std::string const ending = absl::StrCat(".", QueryDigest(list, filter));
  if (absl::EndsWith(token, ending)) {
    return std::string(token.substr(0, token.size() - ending.size()));
  }
  return absl::InvalidArgumentError(
      absl::StrCat("'", absl::Utf8SafeCHexEscape(token.substr(0, 100)),
                   "' is no page token of this query: leave it out for the first page"));
}

}  // namespace probefarm
