#include "coordinator/releases/directory/upload_tokens.h"

#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/digest/hex.h"

namespace probefarm {
namespace {

bool SameName(PendingUpload const& a, PendingUpload const& b) {
  return a.intent.tag == b.intent.tag && a.asset_name == b.asset_name;
}

}  // namespace

absl::StatusOr<std::string> NewUploadToken() {
  std::array<unsigned char, 32> bytes{};
  if (RAND_bytes(bytes.data(), bytes.size()) != 1)
    return absl::InternalError("OpenSSL has no random bytes for an upload token");
  return ToHex({reinterpret_cast<char const*>(bytes.data()), bytes.size()});
}

void UploadTokens::DropExpired(absl::Time now) {
  std::erase_if(pending_, [now](auto const& entry) { return entry.second.deadline <= now; });
}

std::optional<PendingUpload> UploadTokens::Reserve(std::string const& token, PendingUpload pending,
                                                   absl::Time now) {
  MutexLock lock(mu_);
  DropExpired(now);
  auto const holder = std::find_if(pending_.begin(), pending_.end(), [&](auto const& entry) {
    return SameName(entry.second, pending);
  });
  if (holder != pending_.end()) {
    if (holder->second.intent.job != pending.intent.job) return holder->second;
    pending_.erase(holder);
  }
  pending_.emplace(token, std::move(pending));
  return std::nullopt;
}

std::optional<PendingUpload> UploadTokens::Take(std::string const& token, absl::Time now) {
  MutexLock lock(mu_);
  DropExpired(now);
  auto const found = pending_.find(token);
  if (found == pending_.end()) return std::nullopt;
  PendingUpload taken = std::move(found->second);
  pending_.erase(found);
  return taken;
}

}  // namespace probefarm
