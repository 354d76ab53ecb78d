#pragma once

#include <functional>
#include <thread>

namespace probefarm {

// Delivers SIGTERM and SIGINT to a callback on a thread of its own. Construct it in main() before
// any other thread starts (it blocks the signals, and threads inherit that). The callback gets 1
// for the first signal, 2 for the second, ….
class SignalListener {
 public:
  explicit SignalListener(std::function<void(int)> on_signal);
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
