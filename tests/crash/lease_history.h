#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "lib/runtime/mutex.h"
#include "probefarm/v1/types.pb.h"

namespace probefarm {

// What a coordinator has answered, whatever happened to it in between, and whether what it says in
// the end agrees with it. Thread-safe.
//
//   I1  what was answered is not lost       I4  nothing stale is accepted
//   I2  the epochs of a job only grow       I5  attempts are limited
//   I3  a job has one final outcome
class LeaseHistory {
 public:
  explicit LeaseHistory(int max_attempts) : max_attempts_(max_attempts) {}

  // An entry of a key was answered with this job.
  void Enqueued(std::string const& key, int entry, int64_t job) EXCLUDES(mu_);
  // A worker was given a lease that it did not have.
  void Granted(int64_t job, int64_t epoch) EXCLUDES(mu_);
  // PERMANENT_FAILURE was acknowledged, with this reason's code.
  void Failed(int64_t job, int64_t epoch, std::string const& code) EXCLUDES(mu_);
  // A write that must be refused was not.
  void AcceptedStale(std::string const& what) EXCLUDES(mu_);
  // A digest was acknowledged, and the same lease has, or has not, got it when asked afterwards.
  void Reported(int64_t job, int64_t epoch, bool is_there) EXCLUDES(mu_);

  // How much there was, for a test that would show nothing without it.
  int64_t enqueued() const EXCLUDES(mu_);
  int64_t failed() const EXCLUDES(mu_);

  // As it is now, for a comparison with what the coordinator says later.
  class Snapshot;
  Snapshot Now() const EXCLUDES(mu_);

 private:
  struct Outcome {
    int64_t epoch = 0;
    std::string code;
  };
  struct Answers {
    std::map<std::pair<std::string, int>, int64_t> enqueued;
    std::map<int64_t, int64_t> epochs;  // the last one granted, by job
    std::map<int64_t, Outcome> outcomes;
    std::vector<std::string> broken;
  };

  void Break(std::string what) REQUIRES(mu_) { answers_.broken.push_back(std::move(what)); }

  int const max_attempts_;
  mutable Mutex mu_;
  Answers answers_ GUARDED_BY(mu_);
};

class LeaseHistory::Snapshot {
 public:
  // What is broken, a line each, given every job that the coordinator had afterwards.
  std::vector<std::string> Check(std::vector<v1::Job> const& jobs) const;

 private:
  friend class LeaseHistory;
  Snapshot(Answers answers, int max_attempts)
      : answers_(std::move(answers)), max_attempts_(max_attempts) {}

  Answers answers_;
  int max_attempts_;
};

}  // namespace probefarm
