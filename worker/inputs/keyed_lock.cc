#include "worker/inputs/keyed_lock.h"

#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"

namespace probefarm {

KeyedLock::Holder::Holder(KeyedLock* lock, std::string key) : lock_(lock), key_(std::move(key)) {}

KeyedLock::Holder::Holder(Holder&& other) noexcept
    : lock_(std::exchange(other.lock_, nullptr)), key_(std::move(other.key_)) {}

KeyedLock::Holder::~Holder() {
  if (lock_ != nullptr) lock_->Release(key_);
}

absl::StatusOr<KeyedLock::Holder> KeyedLock::Acquire(std::string const& key,
                                                     std::function<bool()> const& cancelled) {
  while (!cancelled || !cancelled()) {
    if (TryAcquire(key)) return Holder(this, key);
  }
  return absl::CancelledError(absl::StrCat("wait for ", key, ": cancelled"));
}

bool KeyedLock::TryAcquire(std::string const& key) {
  MutexLock lock(mu_);
  if (held_.contains(key)) changed_.WaitFor(mu_, absl::Seconds(1));
  return held_.insert(key).second;
}

void KeyedLock::Release(std::string const& key) {
  {
    MutexLock lock(mu_);
    held_.erase(key);
  }
  changed_.NotifyAll();
}

}  // namespace probefarm
