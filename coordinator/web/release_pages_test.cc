#include "coordinator/web/release_pages.h"

#include <gmock/gmock.h>

#include <memory>

#include "coordinator/web/url_path.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::Contains;
using ::testing::Pair;

class ReleasePagesTest : public testing::Test {
 protected:
  ReleasePagesTest()
      : host_(DirectoryHost::Open({.root = root_.path(), .public_url = "http://h"}, &clock_)
                  .value()) {
    root_.Write("releases/download/8.0.0+driver/x86_64/falco.o", "probe");
    root_.Write("releases/download/8.0.0+driver/x86_64/SHA256SUMS", "sums");
    root_.Write("secret", "secret");
  }

  HttpAnswer Get(std::string const& encoded) {
    std::string const path = DecodeUrlPath("/" + encoded).value();
    return pages_.Answer({.method = "GET", .rest = path.substr(1)});
  }

  TemporaryFolder root_;
  FakeClock clock_;
  std::unique_ptr<DirectoryHost> const host_;
  ReleasePages pages_{host_.get()};
};

TEST_F(ReleasePagesTest, TakeTheTagInEverySpelling) {
  for (char const* path : {"8.0.0+driver/x86_64/falco.o", "8.0.0%2Bdriver/x86_64/falco.o",
                           "8.0.0%2bdriver%2Fx86_64/falco.o"}) {
    HttpAnswer const answer = Get(path);
    EXPECT_EQ(answer.status, 200) << path;
    EXPECT_EQ(answer.file->length, 5);
  }
}

TEST_F(ReleasePagesTest, ServeSideFilesAsText) {
  EXPECT_THAT(Get("8.0.0+driver/x86_64/SHA256SUMS").headers,
              Contains(Pair("Content-Type", "text/plain; charset=utf-8")));
}

TEST_F(ReleasePagesTest, NeverLeaveTheirFolder) {
  for (char const* path :
       {"../../secret", "..%2F..%2Fsecret", "%2e%2e/%2e%2e/secret", "8.0.0+driver/../../../secret",
        "8.0.0+driver/x86_64/../../../../secret", "/secret", "", "8.0.0+driver",
        "8.0.0+driver/x86_64", "8.0.0+driver/x86_64/", "8.0.0+driver//x86_64/falco.o"})
    EXPECT_EQ(Get(path).status, 404) << path;
}

}  // namespace
}  // namespace probefarm
