#include "coordinator/releases/github/pacing/sliding_window.h"

#include <algorithm>

namespace probefarm {
namespace {

constexpr int kDoubt = 20;  // the part of the length that a request's time may be uncertain by

}  // namespace

SlidingWindow::SlidingWindow(absl::Duration length) : length_(length) {}

void SlidingWindow::Advance(absl::Time now) {
  while (!under_way_.empty() && under_way_.begin()->second.settles <= now) {
    // Later than all that is settled: an answer that came after this moment would have found it so.
    settled_.push_back({under_way_.begin()->second.settles, under_way_.begin()->second.cost});
    under_way_.erase(under_way_.begin());
  }
  while (!settled_.empty() && settled_.front().at + length_ <= now) {
    used_ -= settled_.front().cost;
    settled_.pop_front();
  }
}

void SlidingWindow::Begin(PlaceId id, int64_t cost, absl::Time now) {
  if (under_way_.emplace(id, UnderWay{now + length_ / kDoubt, cost}).second) used_ += cost;
}

void SlidingWindow::End(PlaceId id, int64_t cost, absl::Time now) {
  auto const found = under_way_.find(id);
  if (found == under_way_.end()) return;
  used_ += cost - found->second.cost;
  if (cost > 0) settled_.push_back({now, cost});
  under_way_.erase(found);
}

void SlidingWindow::CountPast(int64_t cost, absl::Time when) {
  auto const later =
      std::upper_bound(settled_.begin(), settled_.end(), when,
                       [](absl::Time time, Settled const& settled) { return time < settled.at; });
  settled_.insert(later, {when, cost});
  used_ += cost;
}

absl::Time SlidingWindow::NextRoom(int64_t cost, int64_t limit, absl::Time now) const {
  int64_t too_much = used_ + cost - limit;
  if (too_much <= 0) return now;
  for (Settled const& settled : settled_) {
    too_much -= settled.cost;
    if (too_much <= 0) return settled.at + length_;
  }
  // What is under way counts for that long at least.
  return now + length_;
}

}  // namespace probefarm
