#include "coordinator/releases/github/page_reader.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <map>
#include <vector>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kApi[] = "https://api.example";
constexpr char kList[] = "https://api.example/list";

// Pages of words; each has an ETag, which its body is.
class PageReaderTest : public testing::Test {
 protected:
  static std::string PageUrl(int page) { return absl::StrCat(kList, "?per_page=2&page=", page); }
  absl::StatusOr<HttpResponse> Answer(RequestKind kind, HttpRequest const& request) {
    asked_.push_back(absl::StrCat(kind == RequestKind::kConditionalRead ? "if changed: " : "",
                                  request.url.substr(request.url.size() - 1)));
    HttpResponse response;
    response.body = bodies_[request.url];
    response.headers = {{"etag", response.body}};
    auto const link = links_.find(request.url);
    if (link != links_.end()) response.headers["link"] = link->second;
    bool const known = !request.headers.empty() && request.headers[0].second == response.body;
    response.status = known || always_unchanged_ ? 304 : 200;
    return response;
  }
  absl::StatusOr<size_t> Take(absl::string_view body) {
    if (body == "broken") return absl::UnavailableError("half a page");
    std::vector<std::string> const words = absl::StrSplit(body, ' ', absl::SkipEmpty());
    words_.insert(words_.end(), words.begin(), words.end());
    return words.size();
  }
  absl::Status ReadAll() {
    words_.clear();
    asked_.clear();
    return reader_.ReadAll({.url = kList, .per_page = 2, .most = 3}, "list words",
                           [this](absl::string_view body) { return Take(body); });
  }

  TemporaryFolder folder_;
  PageCache cache_{folder_ / "pages"};
  PageReader reader_{cache_, kApi,
                     [this](RequestKind kind, HttpRequest const& request,
                            std::string const& /*doing*/) { return Answer(kind, request); }};
  std::map<std::string, std::string> bodies_;
  std::map<std::string, std::string> links_;
  bool always_unchanged_ = false;
  std::vector<std::string> asked_;
  std::vector<std::string> words_;
};

TEST_F(PageReaderTest, FollowsLinksAndAsksForKnownPagesByTheirTag) {
  bodies_ = {{PageUrl(1), "a"}, {PageUrl(2), "b"}};
  links_ = {{PageUrl(1), absl::StrCat("<", PageUrl(2), ">; rel=\"next\"")}};
  ASSERT_OK(ReadAll());
  EXPECT_THAT(words_, ElementsAre("a", "b"));
  EXPECT_THAT(asked_, ElementsAre("1", "2"));
  bodies_[PageUrl(2)] = "c";
  ASSERT_OK(ReadAll());
  EXPECT_THAT(words_, ElementsAre("a", "c"));
  EXPECT_THAT(asked_, ElementsAre("if changed: 1", "if changed: 2"));
}

TEST_F(PageReaderTest, LooksBehindAFullPageWithoutALink) {
  bodies_ = {{PageUrl(1), "a b"}, {PageUrl(2), "c"}};
  ASSERT_OK(ReadAll());
  EXPECT_THAT(words_, ElementsAre("a", "b", "c"));
}

TEST_F(PageReaderTest, LeavesTheApiForNoLink) {
  bodies_ = {{PageUrl(1), "a"}};
  links_ = {{PageUrl(1), "<https://other.example/list?page=2>; rel=\"next\""}};
  EXPECT_THAT(ReadAll(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("other.example")));
  EXPECT_THAT(asked_, ElementsAre("1"));
}

TEST_F(PageReaderTest, EndsWhereThereAreMorePagesThanThereMayBe) {
  bodies_ = {{PageUrl(1), "a b"}, {PageUrl(2), "a b"}, {PageUrl(3), "a b"}};
  EXPECT_THAT(ReadAll(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("more than 3 pages")));
}

TEST_F(PageReaderTest, KeepsNoPageThatCannotBeRead) {
  bodies_ = {{PageUrl(1), "broken"}};
  EXPECT_THAT(ReadAll(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("list words: half a page")));
  EXPECT_EQ(cache_.Find(PageUrl(1)), std::nullopt);
}

TEST_F(PageReaderTest, TakesUnchangedForAnAnswerOnlyWhereItAskedSo) {
  always_unchanged_ = true;
  EXPECT_THAT(ReadAll(), StatusIs(absl::StatusCode::kUnavailable, HasSubstr("without an ETag")));
}

}  // namespace
}  // namespace probefarm
