#include "coordinator/api/peer_identity.h"

#include <grpc/grpc_security_constants.h>

#include <algorithm>

#include "absl/strings/escaping.h"
#include "absl/strings/str_cat.h"
#include "coordinator/api/session_token.h"

namespace probefarm {
namespace {

// The message travels in a header of limited size.
constexpr size_t kMaxNamesShown = 4;
constexpr size_t kMaxNameShown = 200;

std::string Shown(absl::string_view name) {
  return absl::Utf8SafeCHexEscape(name.substr(0, kMaxNameShown));
}

std::string Shown(std::vector<std::string> const& names) {
  std::string text;
  for (size_t i = 0; i < names.size() && i < kMaxNamesShown; ++i)
    absl::StrAppend(&text, i == 0 ? "" : ", ", Shown(names[i]));
  return names.size() > kMaxNamesShown ? absl::StrCat(text, ", …") : text;
}

absl::Status NoCertificate() {
  return absl::UnauthenticatedError(
      "workers need a certificate of this farm's CA: start the worker with --tls-cert and "
      "--tls-key (scripts/setup-tls makes them)");
}

}  // namespace

std::vector<std::string> PeerNames(grpc::AuthContext const& context) {
  std::vector<std::string> names;
  for (char const* kind :
       {GRPC_X509_CN_PROPERTY_NAME, GRPC_PEER_DNS_PROPERTY_NAME, GRPC_PEER_URI_PROPERTY_NAME}) {
    for (grpc::string_ref const& value : context.FindPropertyValues(kind))
      if (!value.empty()) names.emplace_back(value.data(), value.size());
  }
  return names;
}

absl::Status CheckWorkerId(std::vector<std::string> const& names, absl::string_view worker) {
  if (names.empty()) return NoCertificate();
  if (std::find(names.begin(), names.end(), worker) != names.end()) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("worker ", Shown(worker), " came with the certificate of ", Shown(names),
                   ": give it its own, or --id as in the certificate"));
}

absl::Status CheckSession(std::vector<std::string> const& names, absl::string_view session) {
  if (names.empty()) return NoCertificate();
  bool const owned = std::any_of(names.begin(), names.end(), [session](std::string const& name) {
    return IsSessionOf(session, name);
  });
  if (owned) return absl::OkStatus();
  return absl::PermissionDeniedError(
      absl::StrCat("the session belongs to another worker than the certificate, which is that of ",
                   Shown(names)));
}

}  // namespace probefarm
