#pragma once

#include <deque>
#include <map>
#include <vector>

#include "absl/status/status.h"
#include "lib/runtime/mutex.h"

namespace probefarm {

// The methods of ContainerEngine.
enum class EngineCall {
  kVersion,
  kHost,
  kHasImage,
  kLoadImage,
  kCreateVolume,
  kListVolumes,
  kRemoveVolume,
  kCreateContainer,
  kStartContainer,
  kWaitContainer,
  kFollowLogs,
  kKillContainer,
  kRemoveContainer,
  kListContainers,
  kPutArchive,
  kGetArchive,
  kPathExists,
};

// The calls that a fake engine got, and those that it is to fail. Thread-safe.
class FakeCalls {
 public:
  // The next `times` such calls fail with `status`, after those that were told so before.
  void FailNext(EngineCall call, absl::Status const& status, int times) EXCLUDES(mu_);

  // Notes the call; an error is what the call shall return instead of being done.
  absl::Status Record(EngineCall call) EXCLUDES(mu_);

  // All that were recorded, in order, failed ones too.
  std::vector<EngineCall> calls() const EXCLUDES(mu_);

 private:
  mutable Mutex mu_;
  std::map<EngineCall, std::deque<absl::Status>> failures_ GUARDED_BY(mu_);
  std::vector<EngineCall> calls_ GUARDED_BY(mu_);
};

}  // namespace probefarm
