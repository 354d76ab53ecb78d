#include "worker/inputs/tar_pipe.h"

#include <algorithm>
#include <cstring>
#include <utility>

#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr size_t kBufferBytes = 1 << 20;

}  // namespace

TarPipe::TarPipe(Writer writer, int uid, int gid)
    : thread_([this, writer = std::move(writer), uid, gid] { Run(writer, uid, gid); }) {}

TarPipe::~TarPipe() { Close().IgnoreError(); }

BodySource TarPipe::Source() {
  return [this](char* buffer, size_t size) { return Read(buffer, size); };
}

absl::Status TarPipe::Close() {
  {
    MutexLock lock(mu_);
    closed_ = true;
  }
  changed_.NotifyAll();
  if (thread_.joinable()) thread_.join();
  MutexLock lock(mu_);
  return refused_ ? absl::OkStatus() : result_;
}

absl::StatusOr<size_t> TarPipe::Read(char* buffer, size_t size) {
  MutexLock lock(mu_);
  while (read_ == buffer_.size() && !finished_) changed_.Wait(mu_);
  if (read_ == buffer_.size()) {
    RETURN_IF_ERROR(result_);
    return 0;
  }
  size_t const count = std::min(size, buffer_.size() - read_);
  std::memcpy(buffer, buffer_.data() + read_, count);
  read_ += count;
  if (read_ == buffer_.size()) {
    buffer_.clear();
    read_ = 0;
    changed_.NotifyAll();
  }
  return count;
}

absl::Status TarPipe::Write(absl::string_view bytes) {
  MutexLock lock(mu_);
  while (buffer_.size() >= kBufferBytes && !closed_) changed_.Wait(mu_);
  if (closed_) {
    refused_ = true;
    return absl::CancelledError("nobody reads the archive any more");
  }
  buffer_.append(bytes.data(), bytes.size());
  changed_.NotifyAll();
  return absl::OkStatus();
}

void TarPipe::Run(Writer const& writer, int uid, int gid) {
  TarWriter tar([this](absl::string_view bytes) { return Write(bytes); }, uid, gid);
  absl::Status result = writer(tar);
  if (result.ok()) result = tar.Finish();
  {
    MutexLock lock(mu_);
    finished_ = true;
    result_ = std::move(result);
  }
  changed_.NotifyAll();
}

}  // namespace probefarm
