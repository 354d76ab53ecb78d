#include "coordinator/releases/github/page_cache.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::Optional;

constexpr char kUrl[] = "https://api.example/repos/o/r/releases?page=1";

class PageCacheTest : public testing::Test {
 protected:
  TemporaryFolder folder_;
  PageCache cache_{folder_ / "pages"};
  CachedPage const page_{"W/\"abc\"", "<https://api.example/2>; rel=\"next\"",
                         std::string(100'000, 'x') + "\nlast\n"};
};

TEST_F(PageCacheTest, KeepsAPageOverARestart) {
  EXPECT_EQ(cache_.Find(kUrl), std::nullopt);
  ASSERT_OK(cache_.Put(kUrl, page_));
  EXPECT_THAT(PageCache(folder_ / "pages").Find(kUrl), Optional(page_));
  EXPECT_EQ(cache_.Find("https://api.example/other"), std::nullopt);
}

TEST_F(PageCacheTest, ReplacesAPage) {
  ASSERT_OK(cache_.Put(kUrl, page_));
  CachedPage const later{"e", "", ""};
  ASSERT_OK(cache_.Put(kUrl, later));
  EXPECT_THAT(cache_.Find(kUrl), Optional(later));
}

TEST_F(PageCacheTest, WhatIsDamagedIsNotThere) {
  ASSERT_OK(cache_.Put(kUrl, page_));
  auto const entry = *std::filesystem::directory_iterator(folder_ / "pages");
  std::filesystem::resize_file(entry.path(), entry.file_size() / 2);
  EXPECT_EQ(cache_.Find(kUrl), std::nullopt);
  std::ofstream(entry.path()) << "no frame";
  EXPECT_EQ(cache_.Find(kUrl), std::nullopt);
}

TEST_F(PageCacheTest, KeepsNothingThatIsNoHeader) {
  EXPECT_THAT(cache_.Put(kUrl, {"e\nvil", "", "body"}),
              StatusIs(absl::StatusCode::kInvalidArgument));
}

}  // namespace
}  // namespace probefarm
