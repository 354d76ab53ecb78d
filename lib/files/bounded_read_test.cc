#include "lib/files/bounded_read.h"

#include <fcntl.h>
#include <gmock/gmock.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

class BoundedRead : public testing::Test {
 protected:
  absl::StatusOr<std::string> Read(std::string const& path, size_t max_bytes) {
    return ReadUpTo(OpenFile(path, O_RDONLY).value(), path, max_bytes);
  }

  TemporaryFolder folder_;
};

TEST_F(BoundedRead, TakesAFileThatJustFits) {
  EXPECT_EQ(Read(folder_.Write("f", "12345"), 5).value(), "12345");
  EXPECT_EQ(Read(folder_.Write("empty", ""), 0).value(), "");
}

TEST_F(BoundedRead, RefusesOneByteMore) {
  EXPECT_THAT(Read(folder_.Write("f", "123456"), 5),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("/f is over 5 bytes")));
}

TEST_F(BoundedRead, NamesWhatCannotBeRead) {
  EXPECT_THAT(Read(folder_.path(), 5),
              StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr(folder_.path())));
}

}  // namespace
}  // namespace probefarm
