#include "coordinator/web/url_path.h"

#include <gmock/gmock.h>

#include "lib/driver/asset_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

TEST(UrlPath, TakesBothSpellingsOfAPlus) {
  EXPECT_EQ(DecodeUrlPath("/8.0.0%2Bdriver/x").value(), "/8.0.0+driver/x");
  EXPECT_EQ(DecodeUrlPath("/8.0.0%2bdriver/x").value(), "/8.0.0+driver/x");
  EXPECT_EQ(DecodeUrlPath("/8.0.0+driver/x").value(), "/8.0.0+driver/x");
}

TEST(UrlPath, DecodesOnce) { EXPECT_EQ(DecodeUrlPath("/%252e").value(), "/%2e"); }

TEST(UrlPath, UndoesWhatEncodeUrlPathDoes) {
  std::string const path = "/8.0.0+driver/x86_64/a b~c%d\xC3\xA9";
  EXPECT_EQ(DecodeUrlPath(EncodeUrlPath(path)).value(), path);
}

TEST(UrlPath, RefusesHalfAnEscape) {
  for (char const* path : {"/%", "/%4", "/%4g", "/%g4", "/a%", "/%%41", "/% 4", "/%+4"})
    EXPECT_THAT(DecodeUrlPath(path), StatusIs(kInvalid)) << path;
}

TEST(UrlPath, RefusesControlCharacters) {
  for (char const* path : {"/%00", "/a%0a", "/\x7f", "/\t"})
    EXPECT_THAT(DecodeUrlPath(path), StatusIs(kInvalid)) << path;
}

TEST(UrlPath, RefusesWhatIsNoPath) {
  EXPECT_THAT(DecodeUrlPath(""), StatusIs(kInvalid));
  EXPECT_THAT(DecodeUrlPath("*"), StatusIs(kInvalid));
}

TEST(UrlPath, NeverRepeatsThePathWhichMayHoldAToken) {
  EXPECT_THAT(DecodeUrlPath("/uploads/secret%").status().ToString(), Not(HasSubstr("secret")));
}

}  // namespace
}  // namespace probefarm
