// Keys on the command line: what is made, what is refused, and what verbs say that need no
// coordinator.
#include <sys/stat.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

constexpr int kUsage = 2;
constexpr int kUnreachable = 3;

class SigningTest : public SmallFarm {
 protected:
  static SubprocessResult Run(std::string const& program, std::vector<std::string> arguments) {
    arguments.insert(arguments.begin(), Farm::Program(program));
    absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(arguments)});
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
  SubprocessResult Keygen() const {
    return Run("probefarm-coordinator", {"keygen", "--out", key_});
  }

  std::string const key_ = folder_ / "key.pem";
};

TEST_F(SigningTest, KeygenSaysWhatItMadeAndWhatToDo) {
  SubprocessResult const made = Keygen();
  EXPECT_EQ(made.exit_code, 0) << made.errors;
  EXPECT_THAT(made.output, AllOf(HasSubstr(key_ + ".pub"), HasSubstr("key id "),
                                 HasSubstr("key_file: " + key_), HasSubstr("probefarm verify")));
  EXPECT_THAT(made.output, Not(HasSubstr("PRIVATE")));
}

TEST_F(SigningTest, KeygenOverwritesNothing) {
  ASSERT_EQ(Keygen().exit_code, 0);
  std::string const before = ReadWholeFile(key_);
  SubprocessResult const again = Keygen();
  EXPECT_EQ(again.exit_code, 1);
  EXPECT_THAT(again.errors, HasSubstr(key_ + " is there already"));
  EXPECT_EQ(ReadWholeFile(key_), before);
  EXPECT_EQ(Run("probefarm-coordinator", {"keygen"}).exit_code, kUsage);
}

TEST_F(SigningTest, TheStatusSaysWhoSigns) {
  ASSERT_EQ(Keygen().exit_code, 0);
  config_.more = absl::StrCat("signing: {key_file: ", key_, "}\n");
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK_AND_ASSIGN(json const status, farm_.Ask({"status"}));
  EXPECT_THAT(farm_.Client({"status"})->output,
              HasSubstr("signatures   by key " + status["signing_key"].get<std::string>()));
  EXPECT_THAT(farm_.coordinator_log(), Not(HasSubstr("signing.key_file")));

  config_.more = "";
  ASSERT_NO_FATAL_FAILURE(StartCoordinator());
  EXPECT_THAT(farm_.Client({"status"})->output, HasSubstr("signatures   none"));
  EXPECT_FALSE(farm_.Ask({"status"})->contains("signing_key"));
  EXPECT_THAT(farm_.coordinator_log(), HasSubstr("signing.key_file is not set"));
}

TEST_F(SigningTest, AKeyThatOthersCanReadIsNotUsed) {
  ASSERT_EQ(Keygen().exit_code, 0);
  ASSERT_EQ(chmod(key_.c_str(), 0644), 0);
  config_.more = absl::StrCat("signing: {key_file: ", key_, "}\n");
  ASSERT_NO_FATAL_FAILURE(Publish({{.abi = 1}}));
  config_.builder = folder_.Write("none.tar", "");
  farm_.WriteConfig(config_);
  EXPECT_THAT(farm_.StartCoordinator(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr("signing.key_file"), HasSubstr("chmod 600 " + key_))));
}

TEST_F(SigningTest, VerbsWithoutACoordinatorSayWhatIsMissing) {
  ASSERT_EQ(Keygen().exit_code, 0);
  std::string const pub = key_ + ".pub";
  struct Wrong {
    std::vector<std::string> line;
    std::string said;
  };
  for (Wrong const& wrong : std::vector<Wrong>{
           {{"verify"}, "FILE|NAME"},
           {{"verify", "a.o", "--repository", "o/r", "--driver", "1"}, "--public-key is missing"},
           {{"verify", "a.o", "--public-key", pub, "--driver", "1"}, "--repository is missing"},
           {{"verify", "a.o", "--public-key", pub, "--repository", "o/r"}, "give --driver"},
           {{"verify", "a.o", "--public-key", key_, "--repository", "o/r", "--tag", "t"},
            "that is a private key"},
           {{"verify", "a.o", "--public-key", "none", "--repository", "o/r", "--tag", "t"}, "none"},
           {{"verify", "SHA256SUMS", "--public-key", pub, "--repository", "o/r", "--tag", "t"},
            "no probe's name"},
           {{"download", "--repository", "o/r", "--driver", "1"}, "--kernel-version"},
           {{"download", "a.o", "--repository", "or", "--driver", "1"}, "is no repository"},
           {{"download", "../a.o", "--repository", "o/r", "--driver", "1"}, "no probe's name"},
           {{"download", "a.o", "--repository", "o/r", "--driver", "1", "--out", "/none"}, "--out"},
           {{"download", "a.o", "--repository", "o/r", "--driver", "1", "--wait", "1"}, "--wait"},
           {{"download", "a.o", "--arch", "vax"}, "--arch"}}) {
    SubprocessResult const result = Run("probefarm", wrong.line);
    EXPECT_EQ(result.exit_code, kUsage) << wrong.said;
    EXPECT_THAT(result.errors, HasSubstr(wrong.said));
    EXPECT_THAT(result.output, IsEmpty());
  }
}

TEST_F(SigningTest, WhereNobodyAnswersTheUrlIsNamed) {
  ASSERT_EQ(Keygen().exit_code, 0);
  Farm const nobody{""};
  std::string const url = "http://" + nobody.http();
  for (std::string const verb : {"verify", "download"}) {
    SubprocessResult const result = Run("probefarm", {verb, "a.o", "--driver", "1", "--repository",
                                                      url, "--public-key", key_ + ".pub"});
    EXPECT_EQ(result.exit_code, kUnreachable);
    EXPECT_THAT(result.errors, HasSubstr(url));
    EXPECT_THAT(Run("probefarm", {verb, "--help"}).output,
                AllOf(HasSubstr("Examples:"), HasSubstr("probefarm " + verb)));
  }
}

}  // namespace
}  // namespace probefarm
