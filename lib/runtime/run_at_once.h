#pragma once

#include <functional>
#include <thread>
#include <vector>

namespace probefarm {

// Does the work in as many threads, numbered from 0, and returns when all have done it.
inline void RunAtOnce(int threads, std::function<void(int)> const& work) {
  std::vector<std::thread> running;
  running.reserve(static_cast<size_t>(threads));
  for (int number = 0; number < threads; ++number)
    running.emplace_back([&work, number] { work(number); });
  for (std::thread& thread : running) thread.join();
}

}  // namespace probefarm
