#include "lib/tls/tls_watch.h"

#include <utility>

#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<std::unique_ptr<TlsWatch>> TlsWatch::Open(TlsFiles files, Clock const& clock) {
  ASSIGN_OR_RETURN(TlsTexts texts, ReadTlsFiles(files));
  ASSIGN_OR_RETURN(TlsCredentials first, CheckTlsTexts(files, std::move(texts), clock.Now()));
  return std::unique_ptr<TlsWatch>(new TlsWatch(std::move(files), clock, std::move(first)));
}

TlsWatch::TlsWatch(TlsFiles files, Clock const& clock, TlsCredentials first)
    : files_(std::move(files)),
      clock_(clock),
      current_(std::make_shared<TlsCredentials const>(std::move(first))) {}

std::shared_ptr<TlsCredentials const> TlsWatch::current() const {
  MutexLock lock(mu_);
  return current_;
}

absl::StatusOr<std::shared_ptr<TlsCredentials const>> TlsWatch::Look() const {
  ASSIGN_OR_RETURN(TlsTexts texts, ReadTlsFiles(files_));
  if (texts == current()->pem) return nullptr;
  ASSIGN_OR_RETURN(TlsCredentials checked, CheckTlsTexts(files_, std::move(texts), clock_.Now()));
  return std::make_shared<TlsCredentials const>(std::move(checked));
}

bool TlsWatch::RunOnce() {
  absl::StatusOr<std::shared_ptr<TlsCredentials const>> const found = Look();
  LogOnce(found.status());
  if (!found.ok() || *found == nullptr) return false;
  Log(LogLevel::kInfo, "tls: using what the files hold now",
      {{"subject", (*found)->subject},
       {"ends", absl::FormatTime(absl::RFC3339_sec, (*found)->not_after, absl::UTCTimeZone())}});
  MutexLock lock(mu_);
  current_ = *found;
  return true;
}

void TlsWatch::LogOnce(absl::Status const& status) {
  std::string text(status.message());
  if (!status.ok() && text != logged_)
    Log(LogLevel::kError, "tls: the files cannot be used, what was used goes on",
        {{"error", text}});
  logged_ = std::move(text);
}

}  // namespace probefarm
