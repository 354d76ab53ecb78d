#pragma once

#include <functional>
#include <thread>

namespace probefarm {

// Delivers SIGTERM and SIGINT to a callback on a thread of its own, where, unlike in a
// signal handler, all may be called. Construct it in main() before any other thread starts (it
// blocks the signals, and threads inherit that), once in a process. From then on SIGPIPE is
// ignored: a write to a peer that went away is an error of that write.
//
//   SignalListener const listener([&](int count) { count == 1 ? Drain() : Stop(); });
class SignalListener {
 public:
  // The callback gets 1 for the first signal, 2 for the second, …; equal signals that
  // come while it runs count as one. What it refers to outlives this; it does not destroy this.
  explicit SignalListener(std::function<void(int)> on_signal);
  // Waits for a callback that runs. The signals stay blocked.
  ~SignalListener();

  SignalListener(SignalListener const&) = delete;
  SignalListener& operator=(SignalListener const&) = delete;

 private:
  void Loop();

  std::function<void(int)> const on_signal_;
  int signal_fd_ = -1;
  int stop_fd_ = -1;
  std::thread thread_;
};

}  // namespace probefarm
