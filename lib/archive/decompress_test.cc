#include "lib/archive/decompress.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <map>

#include "absl/strings/str_cat.h"
#include "lib/archive/archive_samples.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr int64_t kPlenty = int64_t{1} << 30;

class DecompressTest : public testing::Test {
 protected:
  DecompressTest() {
    for (int i = 0; i < 20'000; ++i) absl::StrAppend(&content_, "Package: linux-", i, "\n");
    folder_.Write("Packages", content_);
    RunIn(folder_, "gzip -k Packages; xz -0 -k Packages; zstd -q -k Packages");
  }

  absl::StatusOr<std::string> Decompressed(absl::string_view name, int64_t max_bytes = kPlenty) {
    std::string out;
    absl::Status const status =
        DecompressFile(folder_ / name, max_bytes, [&](absl::string_view piece) {
          absl::StrAppend(&out, piece);
          return absl::OkStatus();
        });
    if (!status.ok()) return status;
    return out;
  }

  TemporaryFolder folder_;
  std::string content_;
};

TEST_F(DecompressTest, LooksAtTheContentNotAtTheName) {
  for (std::string const name : {"Packages", "Packages.gz", "Packages.xz", "Packages.zst"}) {
    RunIn(folder_, "cp " + name + " index");
    ASSERT_OK_AND_ASSIGN(std::string const out, Decompressed("index"));
    EXPECT_EQ(out, content_) << name;
  }
}

TEST_F(DecompressTest, ReadsMembersThatFollowOneAnother) {
  for (std::string const suffix : {".gz", ".xz", ".zst"}) {
    RunIn(folder_, absl::StrCat("cat Packages", suffix, " Packages", suffix, " > twice"));
    ASSERT_OK_AND_ASSIGN(std::string const out, Decompressed("twice"));
    EXPECT_EQ(out.size(), 2 * content_.size()) << suffix;
  }
}

TEST_F(DecompressTest, AnEmptyFileIsEmpty) {
  RunIn(folder_, ": > empty; gzip -k empty; xz -k empty; zstd -q -k empty");
  for (char const* name : {"empty", "empty.gz", "empty.xz", "empty.zst"}) {
    ASSERT_OK_AND_ASSIGN(std::string const out, Decompressed(name));
    EXPECT_EQ(out, "") << name;
  }
}

TEST_F(DecompressTest, IsBounded) {
  auto const size = static_cast<int64_t>(content_.size());
  for (char const* name : {"Packages", "Packages.gz", "Packages.xz", "Packages.zst"}) {
    EXPECT_OK(Decompressed(name, size)) << name;
    EXPECT_THAT(Decompressed(name, size - 1),
                StatusIs(absl::StatusCode::kResourceExhausted,
                         AllOf(HasSubstr(absl::StrCat(size - 1)), HasSubstr(folder_ / name))));
  }
}

TEST_F(DecompressTest, TruncationIsDataLoss) {
  for (char const* name : {"Packages.gz", "Packages.xz", "Packages.zst"}) {
    for (size_t const missing : {size_t{1}, ReadWholeFile(folder_ / name).size() / 2}) {
      folder_.Write("cut", ReadWholeFile(folder_ / name));
      std::filesystem::resize_file(folder_ / "cut", ReadWholeFile(folder_ / name).size() - missing);
      EXPECT_THAT(Decompressed("cut"),
                  StatusIs(absl::StatusCode::kDataLoss, HasSubstr(folder_ / "cut")))
          << name << " without " << missing;
    }
  }
}

TEST_F(DecompressTest, DamageIsDataLoss) {
  // Of a gz the start, which says what follows: only there libarchive surely notices.
  size_t const after_gz_header = 10 + sizeof("Packages");
  for (auto const& [name, from] : std::map<std::string, size_t>{
           {"Packages.gz", after_gz_header}, {"Packages.xz", 2000}, {"Packages.zst", 2000}}) {
    std::string damaged = ReadWholeFile(folder_ / name);
    damaged.replace(from, 64, std::string(64, '\xff'));
    folder_.Write("damaged", damaged);
    EXPECT_THAT(Decompressed("damaged"), StatusIs(absl::StatusCode::kDataLoss)) << name;
  }
}

TEST_F(DecompressTest, WhatIsPackedTwiceIsRefused) {
  RunIn(folder_, "xz -k Packages.gz");
  EXPECT_THAT(Decompressed("Packages.gz.xz"), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST_F(DecompressTest, TheSinksErrorEndsIt) {
  EXPECT_THAT(DecompressFile(folder_ / "Packages.gz", kPlenty,
                             [](absl::string_view) { return absl::AbortedError("enough"); }),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("enough")));
}

TEST_F(DecompressTest, AMissingFileIsNotFound) {
  EXPECT_THAT(Decompressed("none"), StatusIs(absl::StatusCode::kNotFound, HasSubstr("none")));
}

}  // namespace
}  // namespace probefarm
