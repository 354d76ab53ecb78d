#include "lib/rpc/wire.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/rpc/status.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

TEST(Wire, AProbeSurvivesTheWayThereAndBack) {
  ProbeId const probe{"8.0.0+driver", Arch::kAarch64, "debian", "6.1.38-2-arm64", "1", Kind::kKmod};
  ASSERT_OK_AND_ASSIGN(ProbeId const back, FromWire(ToWire(probe)));
  EXPECT_EQ(back, probe);
}

TEST(Wire, RefusesAProbeWithoutAKind) {
  v1::ProbeId wire;
  wire.set_arch(v1::ARCH_X86_64);
  EXPECT_THAT(FromWire(wire), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("kind")));
}

TEST(Wire, TimesKeepTheirNanoseconds) {
  absl::Time const time = absl::FromUnixNanos(1'800'000'000'123'456'789);
  EXPECT_EQ(FromWire(ToWire(time)), time);
  EXPECT_EQ(FromWire(ToWire(absl::Milliseconds(1500))), absl::Milliseconds(1500));
}

TEST(Status, KeepsCodeAndMessage) {
  absl::Status const status = absl::AbortedError("lease 7/3 is not yours");
  EXPECT_EQ(FromGrpc(ToGrpc(status)), status);
  EXPECT_TRUE(ToGrpc(absl::OkStatus()).ok());
}

}  // namespace
}  // namespace probefarm
