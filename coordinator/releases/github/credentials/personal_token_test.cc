#include "coordinator/releases/github/credentials/personal_token.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cstdlib>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/credentials/secret_file.h"
#include "coordinator/releases/github/credentials/token_text.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kToken[] = "ghp_0123456789abcdefghijklmnopqrstuvwxyz";
constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class FileTokenTest : public testing::Test {
 protected:
  std::string Put(absl::string_view content, mode_t mode = 0600) const {
    std::string path = folder_.Write("token", content);
    chmod(path.c_str(), mode);
    return path;
  }

  TemporaryFolder const folder_;
};

TEST_F(FileTokenTest, IsTheContentLessTheWhiteSpaceAroundIt) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<FileToken> const source,
                       FileToken::Open(Put(absl::StrCat("\t", kToken, " \r\n"))));
  ASSERT_OK_AND_ASSIGN(AccessToken const token, source->Token());
  EXPECT_EQ(token.secret.Reveal(), kToken);
  EXPECT_EQ(token.expires_at, absl::InfiniteFuture());
}

TEST_F(FileTokenTest, IsReadAgainWhenTheFileChanges) {
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<FileToken> const source, FileToken::Open(Put(kToken)));
  Put("another");
  ASSERT_OK_AND_ASSIGN(AccessToken const token, source->Token());
  EXPECT_EQ(token.secret.Reveal(), "another");
  Put("another", 0640);
  EXPECT_THAT(source->Token(), StatusIs(absl::StatusCode::kPermissionDenied));
}

TEST_F(FileTokenTest, IsRefusedWhenOthersMayReadOrChangeTheFile) {
  for (mode_t const mode : {0644U, 0640U, 0604U, 0620U, 0602U, 0610U}) {
    std::string const path = Put(kToken, mode);
    EXPECT_THAT(FileToken::Open(path),
                StatusIs(absl::StatusCode::kPermissionDenied,
                         AllOf(HasSubstr("chmod 600 " + path), Not(HasSubstr(kToken)))));
  }
  for (mode_t const mode : {0600U, 0400U}) EXPECT_OK(FileToken::Open(Put(kToken, mode)));
}

TEST_F(FileTokenTest, NeedsAFileOfReasonableSize) {
  EXPECT_THAT(FileToken::Open(folder_ / "none"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("token_file")));
  EXPECT_THAT(FileToken::Open(Put(std::string(20000, 'x'))), StatusIs(kInvalid));
  EXPECT_THAT(FileToken::Open(folder_.path()), StatusIs(kInvalid, HasSubstr("regular file")));
}

TEST_F(FileTokenTest, DoesNotWaitForAPipe) {
  std::string const path = folder_ / "pipe";
  ASSERT_EQ(mkfifo(path.c_str(), 0600), 0);
  EXPECT_THAT(FileToken::Open(path), StatusIs(kInvalid, HasSubstr("regular file")));
}

TEST(ReadSecretFile, TakesTheMostAndNoByteMore) {
  TemporaryFolder const folder;
  std::string const path = folder.Write("key", "12345");
  chmod(path.c_str(), 0600);
  ASSERT_OK_AND_ASSIGN(Secret const secret, ReadSecretFile(path, 5));
  EXPECT_EQ(secret.Reveal(), "12345");
  EXPECT_THAT(ReadSecretFile(path, 4), StatusIs(kInvalid, HasSubstr("larger than 4 bytes")));
}

TEST(EnvironmentToken, IsTheVariablesValue) {
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread
  ASSERT_EQ(setenv("PROBEFARM_TEST_TOKEN", " ghp_abc\n", 1), 0);
  ASSERT_OK_AND_ASSIGN(std::unique_ptr<EnvironmentToken> const source,
                       EnvironmentToken::Open("PROBEFARM_TEST_TOKEN"));
  ASSERT_OK_AND_ASSIGN(AccessToken const token, source->Token());
  EXPECT_EQ(token.secret.Reveal(), "ghp_abc");
}

TEST(EnvironmentToken, NamesAVariableThatIsNotSetOrHoldsNone) {
  EXPECT_THAT(EnvironmentToken::Open("PROBEFARM_TEST_UNSET"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("PROBEFARM_TEST_UNSET")));
  // NOLINTNEXTLINE(concurrency-mt-unsafe): no other thread
  ASSERT_EQ(setenv("PROBEFARM_TEST_EMPTY", "  ", 1), 0);
  EXPECT_THAT(EnvironmentToken::Open("PROBEFARM_TEST_EMPTY"),
              StatusIs(kInvalid, HasSubstr("PROBEFARM_TEST_EMPTY holds no token")));
}

TEST(ParseToken, TakesVisibleAsciiOfAnyUsualLength) {
  for (size_t const size : {size_t{1}, size_t{40}, size_t{255}, size_t{4096}})
    EXPECT_OK(ParseToken(Secret(std::string(size, 'x')), "here"));
  EXPECT_THAT(ParseToken(Secret(std::string(4097, 'x')), "here"), StatusIs(kInvalid));
}

TEST(ParseToken, RefusesWhatCouldForgeAHeaderAndDoesNotQuoteIt) {
  for (std::string const& text :
       {std::string("ghp_a\r\nX-Evil: 1"), std::string("ghp_a b"), std::string("ghp_a\0b", 7),
        std::string("ghp_a\x7f"), std::string("ghp_\xc3\xa9")}) {
    EXPECT_THAT(ParseToken(Secret(std::string(text)), "here"),
                StatusIs(kInvalid, AllOf(HasSubstr("here"), Not(HasSubstr("ghp_")))));
  }
}

}  // namespace
}  // namespace probefarm
