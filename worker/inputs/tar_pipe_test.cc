#include "worker/inputs/tar_pipe.h"

#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "absl/strings/match.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

absl::StatusOr<std::string> ReadAll(BodySource const& source) {
  std::string all;
  std::vector<char> piece(1000);
  while (true) {
    auto const count = source(piece.data(), piece.size());
    if (!count.ok()) return count.status();
    if (*count == 0) return all;
    all.append(piece.data(), *count);
  }
}

TEST(TarPipe, GivesWhatIsWrittenAndThenTheEnd) {
  TarPipe pipe([](TarWriter& tar) { return tar.AddFile("hello", 0644, "world"); }, 0, 0);
  ASSERT_OK_AND_ASSIGN(std::string const all, ReadAll(pipe.Source()));
  EXPECT_TRUE(absl::StrContains(all, "hello"));
  EXPECT_TRUE(absl::StrContains(all, "world"));
  EXPECT_EQ(all.size() % 512, 0);
  EXPECT_OK(pipe.Close());
}

TEST(TarPipe, CarriesMoreThanItsBuffer) {
  std::string const big(5 << 20, 'x');
  TarPipe pipe([&](TarWriter& tar) { return tar.AddFile("big", 0644, big); }, 0, 0);
  ASSERT_OK_AND_ASSIGN(std::string const all, ReadAll(pipe.Source()));
  EXPECT_GT(all.size(), big.size());
  EXPECT_TRUE(absl::StrContains(all, big));
}

TEST(TarPipe, GivesTheWritersErrorInsteadOfAnEnd) {
  TarPipe pipe([](TarWriter&) { return absl::InvalidArgumentError("entry 7: absolute path"); }, 0,
               0);
  EXPECT_THAT(ReadAll(pipe.Source()),
              StatusIs(absl::StatusCode::kInvalidArgument, testing::HasSubstr("entry 7")));
  EXPECT_THAT(pipe.Close(), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(TarPipe, StopsAWriterThatNobodyReads) {
  std::string const big(5 << 20, 'x');
  absl::Status written;
  TarPipe pipe([&](TarWriter& tar) { return written = tar.AddFile("big", 0644, big); }, 0, 0);
  EXPECT_OK(pipe.Close());
  EXPECT_FALSE(written.ok());
}

}  // namespace
}  // namespace probefarm
