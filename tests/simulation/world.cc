#include "tests/simulation/world.h"

#include <utility>

namespace probefarm {

void World::After(absl::Duration delay, std::function<void()> act) {
  events_.push({now_ + delay, order_++, std::move(act)});
}

bool World::Step(absl::Duration end) {
  if (events_.empty() || events_.top().at > end) return false;
  Event const event = events_.top();
  events_.pop();
  clock_.Advance(event.at - now_);
  now_ = event.at;
  event.act();
  return true;
}

bool World::Chance(double probability) {
  return std::uniform_real_distribution<double>(0, 1)(random_) < probability;
}

int64_t World::Between(int64_t low, int64_t high) {
  return std::uniform_int_distribution<int64_t>(low, high)(random_);
}

absl::Duration World::Between(absl::Duration low, absl::Duration high) {
  return absl::Milliseconds(
      Between(absl::ToInt64Milliseconds(low), absl::ToInt64Milliseconds(high)));
}

}  // namespace probefarm
