#pragma once

#include <future>
#include <utility>

#include "absl/status/statusor.h"
#include "coordinator/store/store.h"

namespace probefarm {

// Turns a call of the store into a blocking one, for threads that may block; never a reactor's or
// the store's own:
//
//   Await<Job>([&](Done<Job> done) { store.GetJob(id, std::move(done)); })
template <class T, class Start>
absl::StatusOr<T> Await(Start&& start) {
  std::promise<absl::StatusOr<T>> answer;
  std::future<absl::StatusOr<T>> answered = answer.get_future();
  std::forward<Start>(start)(
      Done<T>([answer = std::move(answer)](absl::StatusOr<T> result) mutable {
        answer.set_value(std::move(result));
      }));
  return answered.get();
}

}  // namespace probefarm
