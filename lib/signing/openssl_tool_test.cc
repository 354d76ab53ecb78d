// What is signed can be checked with the openssl program alone, and the other way round.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "lib/runtime/subprocess.h"
#include "lib/signing/key_files.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class OpensslTool : public testing::Test {
 protected:
  void SetUp() override {
    ASSERT_OK_AND_ASSIGN(SigningKey const key, SigningKey::Generate());
    ASSERT_OK(WriteKeyPair(key, key_file_));
  }
  static SubprocessResult OpenSsl(std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), "openssl");
    absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(arguments)});
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
  SubprocessResult Verify() const {
    return OpenSsl({"pkeyutl", "-verify", "-pubin", "-inkey", PublicKeyPath(key_file_), "-rawin",
                    "-in", folder_ / "SHA256SUMS", "-sigfile", folder_ / "SHA256SUMS.sig"});
  }

  TemporaryFolder folder_;
  std::string const key_file_ = folder_ / "signing.pem";
};

TEST_F(OpensslTool, VerifiesWhatIsSignedAndNothingThatWasChanged) {
  std::string const text = "0123  falco.o\n";
  folder_.Write("SHA256SUMS", text);
  ASSERT_OK_AND_ASSIGN(SigningKey const key, ReadSigningKey(key_file_));
  ASSERT_OK_AND_ASSIGN(std::string const signature, key.Sign(text));
  folder_.Write("SHA256SUMS.sig", signature);
  EXPECT_EQ(Verify().exit_code, 0);
  folder_.Write("SHA256SUMS", text + "\n");
  EXPECT_EQ(Verify().exit_code, 1);
}

TEST_F(OpensslTool, SignsWhatIsVerified) {
  std::string const text = folder_.Write("SHA256SUMS", "0123  falco.o\n");
  SubprocessResult const made = OpenSsl({"pkeyutl", "-sign", "-inkey", key_file_, "-rawin", "-in",
                                         text, "-out", folder_ / "SHA256SUMS.sig"});
  ASSERT_EQ(made.exit_code, 0) << made.errors;
  ASSERT_OK_AND_ASSIGN(PublicKey const key, ReadPublicKey(PublicKeyPath(key_file_)));
  EXPECT_TRUE(key.Verifies(ReadWholeFile(text), ReadWholeFile(folder_ / "SHA256SUMS.sig")));
}

TEST_F(OpensslTool, TellsTheSameKeyId) {
  SubprocessResult const der = OpenSsl({"pkey", "-pubin", "-in", PublicKeyPath(key_file_),
                                        "-outform", "DER", "-out", folder_ / "key.der"});
  ASSERT_EQ(der.exit_code, 0) << der.errors;
  ASSERT_OK_AND_ASSIGN(PublicKey const key, ReadPublicKey(PublicKeyPath(key_file_)));
  EXPECT_THAT(OpenSsl({"dgst", "-sha256", "-r", folder_ / "key.der"}).output, StartsWith(key.id()));
}

TEST_F(OpensslTool, MakesKeysThatAreTaken) {
  std::string const made = folder_ / "made.pem";
  ASSERT_EQ(OpenSsl({"genpkey", "-algorithm", "ed25519", "-out", made}).exit_code, 0);
  ASSERT_EQ(chmod(made.c_str(), 0600), 0);
  EXPECT_OK(ReadSigningKey(made));
  std::string const rsa = folder_ / "rsa.pem";
  ASSERT_EQ(OpenSsl({"genpkey", "-algorithm", "rsa", "-out", rsa}).exit_code, 0);
  ASSERT_EQ(chmod(rsa.c_str(), 0600), 0);
  EXPECT_THAT(ReadSigningKey(rsa),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("not Ed25519")));
}

}  // namespace
}  // namespace probefarm
