#include "tests/testing/farm/running_program.h"

#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

constexpr int kSignalled = 128;
constexpr int kCannotRun = 127;

std::string ReadWhole(std::string const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

std::vector<char*> Pointers(std::vector<std::string>& argv) {
  std::vector<char*> pointers;
  for (std::string& argument : argv) pointers.push_back(argument.data());
  pointers.push_back(nullptr);
  return pointers;
}

// After the fork, where only what is safe in a signal handler may be called.
[[noreturn]] void Become(char* const* argv, char const* output, char const* errors) {
  constexpr int kMode = 0644;
  constexpr int kFlags = O_WRONLY | O_CREAT | O_APPEND;
  prctl(PR_SET_PDEATHSIG, SIGKILL);
  int const in = open("/dev/null", O_RDONLY);
  int const out = open(output, kFlags, kMode);
  int const err = open(errors, kFlags, kMode);
  if (dup2(in, STDIN_FILENO) >= 0 && dup2(out, STDOUT_FILENO) >= 0 &&
      dup2(err, STDERR_FILENO) >= 0) {
    execv(argv[0], argv);
  }
  _exit(kCannotRun);
}

}  // namespace

absl::StatusOr<std::unique_ptr<RunningProgram>> RunningProgram::Start(std::vector<std::string> argv,
                                                                      std::string log) {
  std::string name = argv.front();
  std::string const output = log + ".out";
  std::vector<char*> const pointers = Pointers(argv);
  pid_t const pid = fork();
  if (pid < 0) return absl::ErrnoToStatus(errno, absl::StrCat("start ", name));
  if (pid == 0) Become(pointers.data(), output.c_str(), log.c_str());
  return std::unique_ptr<RunningProgram>(new RunningProgram(pid, std::move(name), std::move(log)));
}

RunningProgram::RunningProgram(pid_t pid, std::string name, std::string log)
    : pid_(pid), name_(std::move(name)), log_(std::move(log)) {}

RunningProgram::~RunningProgram() {
  if (!running()) return;
  kill(pid_, SIGKILL);
  waitpid(pid_, nullptr, 0);
}

bool RunningProgram::running() {
  if (exit_code_) return false;
  int status = 0;
  if (waitpid(pid_, &status, WNOHANG) != pid_) return true;
  exit_code_ = WIFEXITED(status) ? WEXITSTATUS(status) : kSignalled + WTERMSIG(status);
  return false;
}

void RunningProgram::Signal(int signal) {
  if (running()) kill(pid_, signal);
}

absl::StatusOr<int> RunningProgram::WaitForExit(absl::Duration patience) {
  absl::Status const ended = WaitUntil(
      absl::StrCat("the end of ", name_), [this] { return !running(); }, patience);
  if (!ended.ok()) return ended;
  return *exit_code_;
}

std::string RunningProgram::output() const { return ReadWhole(log_ + ".out"); }
std::string RunningProgram::errors() const { return ReadWhole(log_); }

}  // namespace probefarm
