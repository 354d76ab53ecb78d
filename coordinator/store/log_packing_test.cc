#include "coordinator/store/log_packing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

TEST(LogPacking, MakesSmallerWhatRepeatsItself) {
  std::string const log(100'000, 'x');
  LogPiece const piece = PackLog(log);
  EXPECT_LT(piece.bytes.size(), 100U);
  EXPECT_EQ(piece.size, 100'000);
  ASSERT_OK_AND_ASSIGN(std::string const unpacked, UnpackLog(piece.bytes, piece.size));
  EXPECT_EQ(unpacked, log);
}

TEST(LogPacking, LeavesAloneWhatWouldGrow) {
  for (std::string const log : {"", "CC", "a\x01\xff"}) {
    LogPiece const piece = PackLog(log);
    EXPECT_EQ(piece.bytes, log);
    EXPECT_FALSE(piece.size);
    ASSERT_OK_AND_ASSIGN(std::string const unpacked, UnpackLog(piece.bytes, piece.size));
    EXPECT_EQ(unpacked, log);
  }
}

TEST(LogPacking, ADamagedPieceIsDataLoss) {
  LogPiece const piece = PackLog(std::string(1000, 'x'));
  EXPECT_THAT(UnpackLog("no zstd", 1000), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(UnpackLog(piece.bytes, 999), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(UnpackLog(piece.bytes, 1001), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(UnpackLog(piece.bytes, -1), StatusIs(absl::StatusCode::kDataLoss));
  EXPECT_THAT(UnpackLog(piece.bytes, int64_t{1} << 60), StatusIs(absl::StatusCode::kDataLoss));
}

}  // namespace
}  // namespace probefarm
