// Thousands of small farms in trouble, each by its seed.
//
//   PROBEFARM_SEEDS=100000 simulation_test     so many seeds
//   PROBEFARM_SEED=4711 simulation_test        one seed again
#include "tests/simulation/simulation.h"

#include <gtest/gtest.h>

#include <cstdlib>

#include "absl/strings/numbers.h"
#include "tests/simulation/seed_search.h"

namespace probefarm {
namespace {

uint64_t NumberOf(char const* variable, uint64_t otherwise) {
  char const* const text = std::getenv(variable);  // NOLINT(concurrency-mt-unsafe)
  uint64_t number = otherwise;
  if (text != nullptr && !absl::SimpleAtoi(text, &number)) ADD_FAILURE() << variable;
  return number;
}

TEST(Simulation, KeepsEveryPromise) {
  if (uint64_t const seed = NumberOf("PROBEFARM_SEED", 0); seed != 0) {
    EXPECT_EQ(Simulate(seed), std::nullopt);
    return;
  }
  std::optional<Finding> const found = SearchSeeds(1, NumberOf("PROBEFARM_SEEDS", 10'000));
  if (found) FAIL() << "PROBEFARM_SEED=" << found->seed << ": " << found->what;
}

}  // namespace
}  // namespace probefarm
