#include "worker/lease/persistent_call.h"

#include "absl/random/random.h"
#include "lib/runtime/log.h"

namespace probefarm {
namespace {

constexpr Backoff kBackoff = {absl::Milliseconds(100), absl::Seconds(5)};

bool NobodyAnswered(absl::Status const& status) {
  return absl::IsUnavailable(status) || absl::IsDeadlineExceeded(status) ||
         absl::IsResourceExhausted(status);
}

}  // namespace

absl::Status CallPersistently(std::function<absl::Status()> const& call,
                              std::function<bool()> const& over,
                              std::function<void(absl::Duration)> const& wait) {
  absl::BitGen random;
  for (int retry = 1;; ++retry) {
    absl::Status status = call();
    if (!NobodyAnswered(status) || over()) return status;
    if (retry == 1)
      Log(LogLevel::kWarning, "the coordinator does not answer", {{"error", status.ToString()}});
    wait(kBackoff.Delay(retry, random));
  }
}

}  // namespace probefarm
