#include "lib/runtime/subprocess.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

SubprocessCommand Shell(std::string const& script) {
  return {.argv = {"/bin/sh", "-c", script}, .timeout = absl::Seconds(20)};
}

TEST(Subprocess, CollectsOutputErrorsAndExitCode) {
  ASSERT_OK_AND_ASSIGN(SubprocessResult result,
                       RunSubprocess(Shell("echo out; echo err >&2; exit 3")));
  EXPECT_EQ(result.output, "out\n");
  EXPECT_EQ(result.errors, "err\n");
  EXPECT_EQ(result.exit_code, 3);
}

TEST(Subprocess, PassesArgumentsWithoutAShell) {
  ASSERT_OK_AND_ASSIGN(SubprocessResult result,
                       RunSubprocess({.argv = {"printf", "%s|", "$(REPO_URI) x", "; exit 1"}}));
  EXPECT_EQ(result.output, "$(REPO_URI) x|; exit 1|");
}

TEST(Subprocess, NamesAProgramThatDoesNotExist) {
  EXPECT_THAT(RunSubprocess({.argv = {"probefarm-no-such-program"}}),
              StatusIs(absl::StatusCode::kNotFound, HasSubstr("probefarm-no-such-program")));
  EXPECT_THAT(RunSubprocess({}), StatusIs(absl::StatusCode::kInvalidArgument));
}

TEST(Subprocess, ReadsMoreThanAPipeHolds) {
  ASSERT_OK_AND_ASSIGN(SubprocessResult result, RunSubprocess(Shell("head -c 300000 /dev/zero")));
  EXPECT_EQ(result.output.size(), 300'000);
}

TEST(Subprocess, StopsAProgramThatWritesTooMuch) {
  SubprocessCommand command = Shell("exec cat /dev/zero");
  command.max_output_bytes = 1000;
  EXPECT_THAT(RunSubprocess(command), StatusIs(absl::StatusCode::kResourceExhausted));
}

TEST(Subprocess, StopsAProgramAtItsDeadline) {
  SubprocessCommand command = Shell("exec sleep 1000");
  command.timeout = absl::Milliseconds(20);
  EXPECT_THAT(RunSubprocess(command), StatusIs(absl::StatusCode::kDeadlineExceeded));
}

TEST(Subprocess, TellsASignalFromAnExitCode) {
  EXPECT_THAT(RunSubprocess(Shell("kill -TERM $$")),
              StatusIs(absl::StatusCode::kAborted, HasSubstr("signal 15")));
}

TEST(Subprocess, DoesNotWaitForWhatTheProgramLeftBehindAndKillsIt) {
  ASSERT_OK_AND_ASSIGN(SubprocessResult result, RunSubprocess(Shell("sleep 1000 & echo $!")));
  std::string const command_line =
      "/proc/" + result.output.substr(0, result.output.find('\n')) + "/cmdline";
  // It dies on its own time, and its zombie has no command line.
  EXPECT_OK(RunSubprocess(
      Shell("while tr -d '\\0' < " + command_line + " 2>&1 | grep -q sleep; do :; done")));
}

TEST(Subprocess, LeavesNoZombie) {
  ASSERT_OK(RunSubprocess({.argv = {"true"}}));
  EXPECT_EQ(waitpid(-1, nullptr, WNOHANG), -1);
  EXPECT_EQ(errno, ECHILD);
}

TEST(Subprocess, GivesTheProgramNoDescriptorOfOurs) {
  int const ours = open("/dev/null", O_RDONLY);  // without O_CLOEXEC, as a library may do
  ASSERT_GE(ours, 3);
  ASSERT_OK_AND_ASSIGN(SubprocessResult result,
                       RunSubprocess({.argv = {"test", "-e", "/dev/fd/" + std::to_string(ours)}}));
  close(ours);
  EXPECT_EQ(result.exit_code, 1);
}

TEST(Subprocess, UnblocksSignalsInTheProgram) {
  sigset_t blocked;
  sigset_t before;
  sigemptyset(&blocked);
  sigaddset(&blocked, SIGTERM);
  ASSERT_EQ(pthread_sigmask(SIG_BLOCK, &blocked, &before), 0);
  auto const result = RunSubprocess({.argv = {"grep", "SigBlk", "/proc/self/status"}});
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  ASSERT_OK(result);
  EXPECT_THAT(result->output, HasSubstr("0000000000000000"));
}

}  // namespace
}  // namespace probefarm
