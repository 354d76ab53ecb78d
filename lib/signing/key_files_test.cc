#include "lib/signing/key_files.h"

#include <gmock/gmock.h>
#include <sys/stat.h>

#include <filesystem>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "lib/signing/sample_keys.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr auto kInvalid = absl::StatusCode::kInvalidArgument;

class KeyFiles : public testing::Test {
 protected:
  static unsigned ModeOf(std::string const& path) {
    struct stat found {};
    EXPECT_EQ(stat(path.c_str(), &found), 0) << path;
    return found.st_mode & 0777U;
  }
  std::string Write(std::string const& content, mode_t mode) const {
    std::string path = folder_.Write("other", content);
    EXPECT_EQ(chmod(path.c_str(), mode), 0);
    return path;
  }

  TemporaryFolder folder_;
  std::string const path_ = folder_ / "signing.pem";
};

TEST_F(KeyFiles, AreReadAsTheyWereWritten) {
  ASSERT_OK(WriteKeyPair(SampleKey(), path_));
  ASSERT_OK_AND_ASSIGN(SigningKey const key, ReadSigningKey(path_));
  EXPECT_EQ(key.ToPem(), kSampleKeyPem);
  ASSERT_OK_AND_ASSIGN(PublicKey const public_key, ReadPublicKey(path_ + ".pub"));
  EXPECT_EQ(public_key.id(), SampleKey().public_key().id());
}

TEST_F(KeyFiles, KeepTheSecretAndShowThePublicHalf) {
  mode_t const before = umask(0);
  absl::Status const written = WriteKeyPair(SampleKey(), path_);
  umask(before);
  ASSERT_OK(written);
  EXPECT_EQ(ModeOf(path_), 0600U);
  EXPECT_EQ(ModeOf(path_ + ".pub"), 0644U);
}

TEST_F(KeyFiles, AreNeverOverwritten) {
  ASSERT_OK(WriteKeyPair(SampleKey(), path_));
  EXPECT_THAT(WriteKeyPair(OtherKey(), path_),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(path_)));
  EXPECT_EQ(ReadWholeFile(path_), kSampleKeyPem);
}

TEST_F(KeyFiles, LeaveNoHalfAPairBesideAnotherPublicKey) {
  folder_.Write("signing.pem.pub", "somebody's");
  EXPECT_THAT(WriteKeyPair(SampleKey(), path_),
              StatusIs(absl::StatusCode::kAlreadyExists, HasSubstr(".pub")));
  EXPECT_FALSE(std::filesystem::exists(path_));
  EXPECT_EQ(ReadWholeFile(path_ + ".pub"), "somebody's");
}

TEST_F(KeyFiles, AreNotWrittenThroughALink) {
  std::filesystem::create_symlink(folder_ / "elsewhere", path_);
  EXPECT_THAT(WriteKeyPair(SampleKey(), path_), StatusIs(absl::StatusCode::kAlreadyExists));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "elsewhere"));
}

TEST_F(KeyFiles, ThatOthersCanReadAreRefusedWithTheRemedy) {
  for (mode_t const mode : {0604, 0640, 0660, 0644, 0666}) {
    std::string const path = Write(kSampleKeyPem, mode);
    EXPECT_THAT(ReadSigningKey(path),
                StatusIs(absl::StatusCode::kFailedPrecondition, HasSubstr("chmod 600 " + path)))
        << mode;
  }
  EXPECT_OK(ReadSigningKey(Write(kSampleKeyPem, 0400)));
}

TEST(KeepsSecret, LetsTheGroupReadWhatIsAnotherUsers) {
  EXPECT_TRUE(KeepsSecret(0640, /*owner=*/0, /*reader=*/1000));
  EXPECT_FALSE(KeepsSecret(0640, 1000, 1000));
  EXPECT_FALSE(KeepsSecret(0660, 0, 1000));
  EXPECT_FALSE(KeepsSecret(0644, 0, 1000));
  EXPECT_TRUE(KeepsSecret(0600, 0, 1000));
}

TEST_F(KeyFiles, ThatAreNoneAreNamed) {
  EXPECT_THAT(ReadSigningKey(path_), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path_)));
  EXPECT_THAT(ReadPublicKey(path_), StatusIs(absl::StatusCode::kNotFound, HasSubstr(path_)));
  std::string const text = Write("hello", 0600);
  EXPECT_THAT(ReadSigningKey(text), StatusIs(kInvalid, HasSubstr(text)));
  EXPECT_THAT(ReadPublicKey(text), StatusIs(kInvalid, HasSubstr(text)));
  EXPECT_THAT(ReadPublicKey(folder_.path()), StatusIs(kInvalid, HasSubstr("is no file")));
}

TEST_F(KeyFiles, OfAnySizeAreNotRead) {
  std::string const huge = Write(std::string(70'000, 'x'), 0600);
  EXPECT_THAT(ReadSigningKey(huge), StatusIs(kInvalid, HasSubstr("over 65536 bytes")));
  EXPECT_THAT(ReadPublicKey(huge), StatusIs(kInvalid, HasSubstr("over 65536 bytes")));
}

TEST_F(KeyFiles, APipeHoldsNobodyUp) {
  ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
  EXPECT_THAT(ReadSigningKey(path_), StatusIs(kInvalid, HasSubstr("is no file")));
}

}  // namespace
}  // namespace probefarm
