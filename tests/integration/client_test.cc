// The command line of probefarm: exit codes, help, JSON.
#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr int kUsage = 2;
constexpr int kUnreachable = 3;

struct Verb {
  std::string name;
  std::vector<std::string> arguments;  // enough for it to ask the coordinator

  // A command line with options before and after the verb.
  std::vector<std::string> Line(std::vector<std::string> line,
                                std::vector<std::string> const& more) const {
    line.push_back(name);
    line.insert(line.end(), arguments.begin(), arguments.end());
    line.insert(line.end(), more.begin(), more.end());
    return line;
  }
};

void PrintTo(Verb const& verb, std::ostream* out) { *out << verb.name; }

class ClientTest : public testing::TestWithParam<Verb> {
 protected:
  static SubprocessResult Client(std::vector<std::string> arguments) {
    std::vector<std::string> argv = {Farm::Program("probefarm")};
    argv.insert(argv.end(), arguments.begin(), arguments.end());
    absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(argv)});
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
};

TEST_P(ClientTest, HelpHasExamples) {
  SubprocessResult const help = Client({GetParam().name, "--help"});
  EXPECT_EQ(help.exit_code, 0);
  EXPECT_THAT(help.output,
              AllOf(HasSubstr("Examples:"), HasSubstr("probefarm " + GetParam().name)));
}

TEST_P(ClientTest, AnUnknownOptionIsWrongUsage) {
  SubprocessResult const result = Client(GetParam().Line({}, {"--colour=red"}));
  EXPECT_EQ(result.exit_code, kUsage);
  EXPECT_THAT(result.errors, HasSubstr("--colour"));
  EXPECT_THAT(result.output, IsEmpty());
}

TEST_P(ClientTest, WhereNobodyAnswersTheAddressIsNamed) {
  Farm const nobody{""};
  SubprocessResult const result = Client(GetParam().Line({"--coordinator", nobody.grpc()}, {}));
  EXPECT_EQ(result.exit_code, kUnreachable);
  EXPECT_THAT(result.errors, AllOf(HasSubstr(nobody.grpc()), HasSubstr("--coordinator")));
}

INSTANTIATE_TEST_SUITE_P(
    Verbs, ClientTest,
    testing::Values(Verb{"backfill", {}}, Verb{"cancel", {"1"}}, Verb{"drain", {"w"}},
                    Verb{"enqueue", {"--driver", "1", "--release", "6", "--version", "#1"}},
                    Verb{"explain", {"1"}}, Verb{"pause", {}}, Verb{"resume", {}},
                    Verb{"job", {"1"}}, Verb{"jobs", {}}, Verb{"kernels", {}}, Verb{"logs", {"1"}},
                    Verb{"probes", {}}, Verb{"releases", {}}, Verb{"retry", {"1"}},
                    Verb{"status", {}}, Verb{"watch", {}}, Verb{"workers", {}}),
    [](auto const& test) { return test.param.name; });

TEST_F(ClientTest, WrongCommandLinesAreUsage) {
  for (std::vector<std::string> const& arguments :
       std::vector<std::vector<std::string>>{{},
                                             {"publish"},
                                             {"job"},
                                             {"job", "seven"},
                                             {"backfill", "--newest", "-1"},
                                             {"backfill", "--kind", "wasm"},
                                             {"jobs", "--state", "lost"},
                                             {"probes", "-o", "yaml"}}) {
    SubprocessResult const result = Client(arguments);
    EXPECT_EQ(result.exit_code, kUsage) << testing::PrintToString(arguments) << result.errors;
  }
}

class ClientOutputTest : public SmallFarm {};

TEST_F(ClientOutputTest, WhatIsAskedForAsJsonIsJson) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  nlohmann::json const job = BackfillOne({"--kind", "bpf"});
  for (std::vector<std::string> const& arguments :
       std::vector<std::vector<std::string>>{{"status"},
                                             {"workers"},
                                             {"kernels"},
                                             {"jobs"},
                                             {"probes"},
                                             {"releases"},
                                             {"job", job["id"].dump()},
                                             {"backfill", "--dry-run"}}) {
    EXPECT_OK(farm_.Ask(arguments)) << testing::PrintToString(arguments);
  }
}

TEST_F(ClientOutputTest, AJobThatIsNotThereIsAFailure) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_OK_AND_ASSIGN(SubprocessResult const result, farm_.Client({"job", "4711"}));
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, HasSubstr("4711"));
}

}  // namespace
}  // namespace probefarm
