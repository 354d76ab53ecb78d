#pragma once

#include <future>
#include <utility>

#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "absl/time/time.h"
#include "coordinator/store/store.h"

namespace probefarm {

// The answer of a call of the store, when it comes. `start` gets the callback and calls the store,
// once, before this returns.
template <class T, class Start>
std::future<absl::StatusOr<T>> Answer(Start&& start) {
  std::promise<absl::StatusOr<T>> promise;
  std::future<absl::StatusOr<T>> answer = promise.get_future();
  std::forward<Start>(start)(
      Done<T>([promise = std::move(promise)](absl::StatusOr<T> result) mutable {
        promise.set_value(std::move(result));
      }));
  return answer;
}

// Turns a call of the store into a blocking one, for threads that may block; never a reactor's or
// the store's own:
//
//   Await<Job>([&](Done<Job> done) { store.GetJob(id, std::move(done)); })
template <class T, class Start>
absl::StatusOr<T> Await(Start&& start) {
  return Answer<T>(std::forward<Start>(start)).get();
}

// The same, but DEADLINE_EXCEEDED when the answer takes longer than `timeout`; the call itself goes
// on.
template <class T, class Start>
absl::StatusOr<T> AwaitFor(absl::Duration timeout, Start&& start) {
  std::future<absl::StatusOr<T>> answer = Answer<T>(std::forward<Start>(start));
  if (answer.wait_for(absl::ToChronoMilliseconds(timeout)) != std::future_status::ready) {
    return absl::DeadlineExceededError(
        absl::StrCat("the store has not answered for ", absl::FormatDuration(timeout)));
  }
  return answer.get();
}

}  // namespace probefarm
