#include "lib/build/build_room.h"

#include <gtest/gtest.h>

#include "lib/build/bounds.h"
#include "lib/build/sample_build_spec.h"

namespace probefarm {
namespace {

TEST(BuildRoom, IsForArchivesPackedAndUnpackedImageAndOutput) {
  BuildSpec spec = SampleBuildSpec();
  spec.image.archive.size = 1'000'000;
  spec.headers.resize(2);
  spec.headers[0].file.size = 100;
  spec.headers[1].file.size = 20;
  spec.source.resize(1);
  spec.source[0].file.size = 3;
  spec.limits.output_bytes = 10'000;
  EXPECT_EQ(RoomFor(spec), 2'000'000 + 9 * 123 + 20'000);
}

TEST(BuildRoom, OfTheLargestSpecIsANumber) {
  BuildSpec spec = SampleBuildSpec();
  spec.headers.assign(64, spec.headers[0]);
  for (ArchiveInput& archive : spec.headers) archive.file.size = kMaxInputBytes;
  spec.source = spec.headers;
  spec.image.archive.size = kMaxInputBytes;
  spec.limits.output_bytes = kMaxBuildOutputBytes;
  EXPECT_EQ(RoomFor(spec),
            2 * 64 * 9 * kMaxInputBytes + 2 * kMaxInputBytes + 2 * kMaxBuildOutputBytes);
}

}  // namespace
}  // namespace probefarm
