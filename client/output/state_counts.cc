#include "client/output/state_counts.h"

#include <array>

#include "absl/strings/str_cat.h"
#include "client/output/names.h"

namespace probefarm {
namespace {

constexpr std::array kFinal = {v1::PUBLISHED, v1::FAILED, v1::DEAD, v1::CANCELLED, v1::SKIPPED};
constexpr std::array kUnfinished = {v1::VERIFYING, v1::UPLOADING, v1::BUILT, v1::LEASED,
                                    v1::QUEUED};

}  // namespace

int64_t CountIn(StateCounts const& counts, v1::JobState state) {
  int64_t total = 0;
  for (v1::StateCount const& count : counts) {
    if (count.state() == state) total += count.count();
  }
  return total;
}

int64_t CountUnsuccessful(StateCounts const& counts) {
  return CountIn(counts, v1::FAILED) + CountIn(counts, v1::DEAD);
}

std::string ProgressText(StateCounts const& counts) {
  int64_t total = 0;
  for (v1::StateCount const& count : counts) total += count.count();
  int64_t done = 0;
  std::string parts;
  auto const add = [&](v1::JobState state) {
    int64_t const count = CountIn(counts, state);
    if (count > 0)
      absl::StrAppend(&parts, parts.empty() ? ": " : ", ", count, " ", StateName(state));
    return count;
  };
  for (v1::JobState const state : kFinal) done += add(state);
  for (v1::JobState const state : kUnfinished) add(state);
  return absl::StrCat(done, "/", total, " done", parts);
}

}  // namespace probefarm
