#include "worker/inputs/input_cache.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <future>
#include <thread>

#include "absl/synchronization/notification.h"
#include "lib/digest/sha256.h"
#include "lib/files/temporary_folder.h"
#include "lib/files/tiny_disk.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"
#include "worker/inputs/cache_folder.h"
#include "worker/inputs/fake_http_client.h"

namespace probefarm {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::Not;
using testing::SizeIs;

Input MakeInput(std::string const& content, std::vector<std::string> urls = {"http://a/x"}) {
  return {"x.deb", Sha256Hex(content), static_cast<int64_t>(content.size()), std::move(urls)};
}

class InputCacheTest : public testing::Test {
 protected:
  InputCacheTest() { Restart(); }

  // As a new process on the same folder.
  void Restart() {
    auto cache = InputCache::Open(options_, &http_, &clock_);
    ASSERT_OK(cache);
    cache_ = *std::move(cache);
  }

  absl::StatusOr<CachedFile> Fetch(Input const& input) {
    return cache_->Fetch(input, nullptr, nullptr);
  }

  TemporaryFolder folder_;
  InputCache::Options options_{.folder = folder_ / "inputs"};
  FakeHttpClient http_;
  FakeClock clock_{absl::Now()};
  std::unique_ptr<InputCache> cache_;
};

TEST_F(InputCacheTest, FetchesOnce) {
  http_.Serve("http://a/x", "content");
  ASSERT_OK_AND_ASSIGN(auto const first, Fetch(MakeInput("content")));
  ASSERT_OK_AND_ASSIGN(auto const second, Fetch(MakeInput("content")));
  EXPECT_EQ(ReadWholeFile(first.path()), "content");
  EXPECT_EQ(first.path(), PathOfDigest(options_.folder, Sha256Hex("content")));
  EXPECT_EQ(second.path(), first.path());
  EXPECT_THAT(http_.urls(), SizeIs(1));
}

TEST_F(InputCacheTest, KeepsFilesOverARestart) {
  http_.Serve("http://a/x", "content");
  ASSERT_OK(Fetch(MakeInput("content")));
  Restart();
  ASSERT_OK(Fetch(MakeInput("content")));
  EXPECT_THAT(http_.urls(), SizeIs(1));
}

TEST_F(InputCacheTest, TriesTheUrlsInTurn) {
  http_.Serve("http://b/x", "content");
  ASSERT_OK(Fetch(MakeInput("content", {"http://a/x", "http://b/x"})));
  EXPECT_THAT(http_.urls(), ElementsAre("http://a/x", "http://b/x"));
}

TEST_F(InputCacheTest, RefusesAnotherDigest) {
  http_.Serve("http://a/x", "CONTENT");
  EXPECT_THAT(Fetch(MakeInput("content")),
              StatusIs(absl::StatusCode::kDataLoss, HasSubstr("x.deb")));
  EXPECT_THAT(*ListWholeFiles(options_.folder), SizeIs(0));
}

TEST_F(InputCacheTest, SaysThatNoUrlHasItAnyMore) {
  EXPECT_THAT(Fetch(MakeInput("content", {"http://a/x", "http://b/x"})),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("x.deb")));
  EXPECT_THAT(Fetch(MakeInput("content", {})), StatusIs(absl::StatusCode::kNotFound));
}

TEST_F(InputCacheTest, SaysThatItMayComeLater) {
  http_.Fail("http://a/x", 503);
  EXPECT_THAT(Fetch(MakeInput("content")), StatusIs(absl::StatusCode::kUnavailable));
  http_.Fail("http://a/x", absl::UnavailableError("connection refused"));
  EXPECT_THAT(Fetch(MakeInput("content")),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("refused")));
}

TEST_F(InputCacheTest, RefusesADigestThatIsNone) {
  Input input = MakeInput("content");
  input.sha256 = "../../etc/passwd";
  EXPECT_THAT(Fetch(input), StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("x.deb")));
}

TEST_F(InputCacheTest, FetchesADamagedFileAgain) {
  http_.Serve("http://a/x", "content");
  std::string const path = [&] { return Fetch(MakeInput("content"))->path(); }();
  folder_.Write(std::filesystem::relative(path, folder_.path()).string(), "c0ntent");
  Restart();
  ASSERT_OK_AND_ASSIGN(auto const file, Fetch(MakeInput("content")));
  EXPECT_EQ(ReadWholeFile(file.path()), "content");
}

TEST_F(InputCacheTest, SeesATruncatedFileWithoutARestart) {
  http_.Serve("http://a/x", "content");
  std::string const path = [&] { return Fetch(MakeInput("content"))->path(); }();
  std::filesystem::resize_file(path, 3);
  ASSERT_OK_AND_ASSIGN(auto const file, Fetch(MakeInput("content")));
  EXPECT_EQ(ReadWholeFile(file.path()), "content");
}

TEST_F(InputCacheTest, RemovesWhatAKilledDownloadLeft) {
  std::string const left = folder_.Write("inputs/sha256/ab/abc.tmp", "half");
  Restart();
  EXPECT_TRUE(std::filesystem::exists(left)) << "another worker may be writing it";
  clock_.Advance(absl::Hours(2));
  Restart();
  EXPECT_FALSE(std::filesystem::exists(left));
}

TEST_F(InputCacheTest, DownloadsOnceForAllWhoWait) {
  absl::Notification asked;
  absl::Notification answer;
  http_.Serve("http://a/x", "content");
  http_.OnRequest([&](std::string const&) {
    asked.Notify();
    answer.WaitForNotification();
  });
  auto first = std::async(std::launch::async, [&] { return Fetch(MakeInput("content")).status(); });
  asked.WaitForNotification();
  auto second =
      std::async(std::launch::async, [&] { return Fetch(MakeInput("content")).status(); });
  answer.Notify();
  EXPECT_OK(first.get());
  EXPECT_OK(second.get());
  EXPECT_THAT(http_.urls(), SizeIs(1));
}

TEST_F(InputCacheTest, StopsWhenCancelled) {
  EXPECT_THAT(cache_->Fetch(
                  MakeInput("content"), [] { return true; }, nullptr),
              StatusIs(absl::StatusCode::kCancelled));
}

TEST_F(InputCacheTest, TellsItsProgress) {
  http_.Serve("http://a/x", "content");
  std::string last;
  ASSERT_OK(cache_->Fetch(MakeInput("content"), nullptr,
                          [&](absl::string_view text) { last = std::string(text); }));
  EXPECT_EQ(last, "x.deb 100 %");
}

TEST_F(InputCacheTest, EvictsWhatWasUsedLongestAgoButNothingInUse) {
  options_.max_bytes = 14;
  Restart();
  for (std::string const content : {"content", "CONTENT", "c0ntent"}) {
    http_.Serve("http://" + content, content);
  }
  auto const fetch = [&](std::string const& content) {
    clock_.Advance(absl::Minutes(1));
    return Fetch(MakeInput(content, {"http://" + content}));
  };
  ASSERT_OK_AND_ASSIGN(auto const held, fetch("content"));
  std::string const unused = [&] { return fetch("CONTENT")->path(); }();
  ASSERT_OK(fetch("c0ntent"));
  EXPECT_TRUE(std::filesystem::exists(held.path()));
  EXPECT_FALSE(std::filesystem::exists(unused));
}

class InputCacheOnATinyDisk : public InputCacheTest {
 protected:
  void SetUp() override {
    if (!disk_.mounted()) GTEST_SKIP() << "mounting needs root";
    Restart();
  }

  TinyDisk disk_{folder_.path(), 64};
};

TEST_F(InputCacheOnATinyDisk, AFullDiskIsNamedAndNothingIsLeftOnIt) {
  std::string const large(100'000, 'x');
  http_.Serve("http://a/x", large);
  EXPECT_THAT(Fetch(MakeInput(large)),
              StatusIs(absl::StatusCode::kResourceExhausted, HasSubstr(options_.folder)));
  std::string const small(40'000, 'x');
  http_.Serve("http://a/x", small);
  EXPECT_OK(Fetch(MakeInput(small)));
}

TEST_F(InputCacheOnATinyDisk, AReadOnlyOneServesWhatItHas) {
  http_.Serve("http://a/x", "content");
  ASSERT_OK(Fetch(MakeInput("content")));
  disk_.MakeReadOnly();
  EXPECT_OK(Fetch(MakeInput("content")));
  http_.Serve("http://a/x", "another");
  EXPECT_THAT(Fetch(MakeInput("another")), Not(IsOk()));
}

}  // namespace
}  // namespace probefarm
