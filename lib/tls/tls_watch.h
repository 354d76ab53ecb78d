#pragma once

#include <memory>
#include <string>

#include "absl/status/statusor.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/mutex.h"
#include "lib/tls/tls_credentials.h"

namespace probefarm {

// The credentials that stand in the files now, or those that stood there last and were good: a
// file that is missing, half written or does not fit the others is logged, once, and changes
// nothing. So files can be replaced one after the other, in any order. Thread-safe.
//
//   ASSIGN_OR_RETURN(std::unique_ptr<TlsWatch> watch, TlsWatch::Open(files, clock));
//   PeriodicTask const task(TlsWatch::kInterval, [&] {
//     if (watch->RunOnce()) Use(*watch->current());
//   });
class TlsWatch {
 public:
  // How often to look: small files, read whole, since a time of change can be the same twice.
  static constexpr absl::Duration kInterval = absl::Seconds(5);

  // Reads for the first time. Errors are those of ReadTlsFiles() and CheckTlsTexts(). `clock` must
  // outlive it.
  static absl::StatusOr<std::unique_ptr<TlsWatch>> Open(TlsFiles files, Clock const& clock);

  TlsWatch(TlsWatch const&) = delete;
  TlsWatch& operator=(TlsWatch const&) = delete;

  // What to use from now on; never null. Another object for each change.
  std::shared_ptr<TlsCredentials const> current() const EXCLUDES(mu_);

  // Looks at the files; whether current() has changed. Blocks for the disk. By one thread at a
  // time.
  bool RunOnce() EXCLUDES(mu_);

 private:
  TlsWatch(TlsFiles files, Clock const& clock, TlsCredentials first);

  // What stands there if it differs from current(); null otherwise.
  absl::StatusOr<std::shared_ptr<TlsCredentials const>> Look() const EXCLUDES(mu_);
  void LogOnce(absl::Status const& status);

  TlsFiles const files_;
  Clock const& clock_;
  std::string logged_;  // RunOnce()'s last error
  mutable Mutex mu_;
  std::shared_ptr<TlsCredentials const> current_ GUARDED_BY(mu_);
};

}  // namespace probefarm
