#include "coordinator/scheduling/unmatchable.h"

#include <algorithm>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "coordinator/scheduling/job_eligibility.h"

namespace probefarm {
namespace {

constexpr char const* kInOrder[] = {"arch", "memory", "label", "builder", "disk"};

std::string Gigabytes(int64_t bytes, absl::string_view unit) {
  return absl::StrCat(static_cast<double>(bytes >> 20) / 1024, " ", unit);
}

// Of the workers that are left; their number is never zero.
class Missing {
 public:
  Missing(Requirements const& needs, std::vector<LiveWorker> const& left, bool all)
      : needs_(needs),
        left_(left),
        no_worker_(all ? "no worker" : "no worker that fits otherwise") {}

  std::string Text(absl::string_view code) const {
    if (code == "arch") return absl::StrCat(no_worker_, " has arch ", ArchName(needs_.arch));
    if (code == "memory") return MemoryText();
    if (code == "label") return LabelsText();
    if (code == "builder") return absl::StrCat(no_worker_, " runs builder image ", needs_.builder);
    return DiskText();
  }

 private:
  template <class Amount>
  int64_t Most(Amount amount) const {
    int64_t most = 0;
    for (LiveWorker const& worker : left_) most = std::max(most, amount(worker.capabilities));
    return most;
  }

  std::string MemoryText() const {
    int64_t const most = Most([](auto const& worker) { return worker.memory_bytes_per_slot; });
    return absl::StrCat("no worker has ", Gigabytes(needs_.memory_bytes, "GB"),
                        " of memory for one build; the most is ", Gigabytes(most, "GB"));
  }
  std::string LabelsText() const {
    return absl::StrCat("no worker that is large enough has the labels ",
                        absl::StrJoin(needs_.labels, ", "));
  }
  std::string DiskText() const {
    int64_t const most =
        Most([](auto const& worker) { return worker.free_disk_bytes.value_or(0); });
    return absl::StrCat(no_worker_, " has ", Gigabytes(needs_.disk_bytes, "GiB"),
                        " of free disk; the most is ", Gigabytes(most, "GiB"));
  }

  Requirements const& needs_;
  std::vector<LiveWorker> const& left_;
  absl::string_view const no_worker_;
};

}  // namespace

std::string WhyUnmatchable(Requirements const& needs, std::vector<LiveWorker> const& workers) {
  std::vector<LiveWorker> left = workers;
  for (absl::string_view const code : kInOrder) {
    std::vector<LiveWorker> meeting = left;
    std::erase_if(meeting, [&](LiveWorker const& worker) {
      return UnmetRequirement(needs, worker.capabilities)->code == code;
    });
    if (meeting.empty()) return Missing(needs, left, left.size() == workers.size()).Text(code);
    left = std::move(meeting);
  }
  return "no worker has what it needs";
}

}  // namespace probefarm
