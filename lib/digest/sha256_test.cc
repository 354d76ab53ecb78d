#include "lib/digest/sha256.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;

// NIST, "Examples with Intermediate Values", SHA-256.
constexpr char kOfAbc[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
constexpr char kOfMillionAs[] = "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0";

TEST(Sha256, GivesTheDigestsThatNistPublished) {
  EXPECT_EQ(Sha256Hex(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(Sha256Hex("abc"), kOfAbc);
  EXPECT_EQ(Sha256Hex("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq"),
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
  EXPECT_EQ(Sha256Hex(std::string(1000000, 'a')), kOfMillionAs);
}

TEST(Sha256, TheCutIntoPiecesDoesNotMatter) {
  Sha256 sha256;
  for (absl::string_view const piece : {"a", "", "bc"}) sha256.Update(piece);
  EXPECT_EQ(sha256.HexDigest(), kOfAbc);
}

TEST(Sha256, GoesOnAfterAMove) {
  Sha256 first;
  first.Update("a");
  Sha256 second = std::move(first);
  second.Update("bc");
  EXPECT_EQ(second.HexDigest(), kOfAbc);
}

TEST(Sha256OfFile, ReadsFilesLargerThanOnePiece) {
  TemporaryFolder const folder;
  std::string const path = folder.Write("file", std::string(1000000, 'a'));
  ASSERT_OK_AND_ASSIGN(std::string const digest, Sha256OfFile(path));
  EXPECT_EQ(digest, kOfMillionAs);
}

TEST(Sha256OfFile, NamesTheFileThatIsNotThere) {
  EXPECT_THAT(Sha256OfFile("/nowhere/file"),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("/nowhere/file")));
}

TEST(Sha256OfFile, NamesWhatCannotBeRead) {
  TemporaryFolder const folder;
  EXPECT_THAT(Sha256OfFile(folder.path()),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr(folder.path())));
}

}  // namespace
}  // namespace probefarm
