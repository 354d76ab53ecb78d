#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"
#include "coordinator/scheduling/job.h"

namespace probefarm {

// A worker whose session lives.
struct LiveWorker {
  std::string id;
  Capabilities capabilities;
  int free_slots = 0;
  bool draining = false;
};

// What a job's progress depends on, besides itself.
struct Surroundings {
  std::vector<LiveWorker> workers;
  bool paused = false;             // by an operator
  int64_t ahead = 0;               // jobs of its lane that come before it
  std::string progress;            // what the holder last said: "building"; empty: nothing
  std::string release_host_error;  // empty: it answers
  // How many more probes fit into the releases of its tag; nothing: there is no limit, or it is not
  // known yet.
  std::optional<int64_t> room;
  // What the job's inputs made was taken back: when, and why. Empty: it was not.
  std::string withdrawn = {};
};

// Why a job is where it is, and what it waits for, for people; codes for programs. What matters
// most comes first; there is always something. Pure. Codes of a job that waits for a worker, in
// this order:
//
//   backoff      its next run may not begin yet
//   paused       by an operator
//   no_room      no release has room for what it would build
//   no_worker    nobody is connected
//   unmatchable  no worker has what it needs
//   draining     those that have it take nothing new
//   queue        others come first
//   busy         no slot is free
//   next         nothing holds it up
//
// Else the code is the state's name, or that of the reason by which the job ended. Of a job that is
// not published yet, "room" follows where the room is limited; of one that is over, "withdrawn"
// comes first, where that is so.
std::vector<Reason> Explain(Job const& job, Surroundings const& around, absl::Time now);

}  // namespace probefarm
