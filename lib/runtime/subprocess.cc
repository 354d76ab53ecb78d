#include "lib/runtime/subprocess.h"

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>
extern "C" {  // glibc 2.36's header lacks it
#include <sys/pidfd.h>
}

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

#include "absl/status/status.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

using SteadyTime = std::chrono::steady_clock::time_point;

class Descriptor {
 public:
  explicit Descriptor(int fd = -1) : fd_(fd) {}
  ~Descriptor() { Close(); }
  Descriptor(Descriptor&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    if (this != &other) {
      Close();
      fd_ = std::exchange(other.fd_, -1);
    }
    return *this;
  }

  int get() const { return fd_; }
  bool open() const { return fd_ >= 0; }
  void Close() {
    if (fd_ >= 0) close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
};

struct Pipe {
  Descriptor read_end;
  Descriptor write_end;
};

absl::StatusOr<Pipe> MakePipe() {
  std::array<int, 2> fds = {};
  if (pipe2(fds.data(), O_CLOEXEC) != 0) return absl::ErrnoToStatus(errno, "pipe2");
  Descriptor read_end(fds[0]);
  Descriptor const write_end(fds[1]);
  if (fcntl(fds[0], F_SETFL, O_NONBLOCK) != 0) return absl::ErrnoToStatus(errno, "fcntl");
  // Above the standard ones, which the child replaces, even where this process runs without them.
  Descriptor high(fcntl(write_end.get(), F_DUPFD_CLOEXEC, STDERR_FILENO + 1));
  if (!high.open()) return absl::ErrnoToStatus(errno, "fcntl");
  return Pipe{std::move(read_end), std::move(high)};
}

class SpawnActions {
 public:
  SpawnActions(int output, int errors) {
    posix_spawn_file_actions_init(&actions_);
    posix_spawn_file_actions_addopen(&actions_, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_adddup2(&actions_, output, STDOUT_FILENO);
    posix_spawn_file_actions_adddup2(&actions_, errors, STDERR_FILENO);
    posix_spawn_file_actions_addclosefrom_np(&actions_, STDERR_FILENO + 1);
  }
  ~SpawnActions() { posix_spawn_file_actions_destroy(&actions_); }
  SpawnActions(SpawnActions const&) = delete;
  SpawnActions& operator=(SpawnActions const&) = delete;

  posix_spawn_file_actions_t const* get() const { return &actions_; }

 private:
  posix_spawn_file_actions_t actions_;
};

class SpawnAttributes {
 public:
  SpawnAttributes() {
    posix_spawnattr_init(&attributes_);
    sigset_t none;
    sigset_t all;
    sigemptyset(&none);
    sigfillset(&all);
    posix_spawnattr_setsigmask(&attributes_, &none);
    posix_spawnattr_setsigdefault(&attributes_, &all);
    posix_spawnattr_setpgroup(&attributes_, 0);
    posix_spawnattr_setflags(
        &attributes_, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP);
  }
  ~SpawnAttributes() { posix_spawnattr_destroy(&attributes_); }
  SpawnAttributes(SpawnAttributes const&) = delete;
  SpawnAttributes& operator=(SpawnAttributes const&) = delete;

  posix_spawnattr_t const* get() const { return &attributes_; }

 private:
  posix_spawnattr_t attributes_;
};

// A started process group, killed and reaped at the latest on destruction.
class Child {
 public:
  explicit Child(pid_t pid) : pid_(pid) {}
  ~Child() {
    if (pid_ > 0) Reap();
  }
  Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, -1)) {}
  Child& operator=(Child&&) = delete;

  pid_t pid() const { return pid_; }

  void KillGroup() const { kill(-pid_, SIGKILL); }

  // The wait status. The group is killed before the leader's zombie goes: until then its id cannot
  // be another group's.
  int Reap() {
    KillGroup();
    int status = 0;
    while (waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
    }
    pid_ = -1;
    return status;
  }

 private:
  pid_t pid_;
};

absl::StatusOr<Child> Spawn(std::vector<std::string> const& argv, int output, int errors) {
  std::vector<char*> pointers;
  pointers.reserve(argv.size() + 1);
  for (std::string const& argument : argv) pointers.push_back(const_cast<char*>(argument.c_str()));
  pointers.push_back(nullptr);
  SpawnActions const actions(output, errors);
  SpawnAttributes const attributes;
  pid_t pid = -1;
  int const error =
      posix_spawnp(&pid, pointers[0], actions.get(), attributes.get(), pointers.data(), environ);
  if (error != 0) return absl::ErrnoToStatus(error, "start");
  return Child(pid);
}

// Reads what one pipe holds now. Closes it at its end.
absl::Status Drain(Descriptor& pipe, size_t max_bytes, std::string& into) {
  std::array<char, 64 << 10> buffer;
  while (pipe.open()) {
    ssize_t const got = read(pipe.get(), buffer.data(), buffer.size());
    if (got < 0 && errno == EINTR) continue;
    if (got < 0 && errno == EAGAIN) return absl::OkStatus();
    if (got < 0) return absl::ErrnoToStatus(errno, "read");
    if (got == 0) pipe.Close();
    if (into.size() + static_cast<size_t>(got) > max_bytes)
      return absl::ResourceExhaustedError(absl::StrCat("wrote more than ", max_bytes, " bytes"));
    into.append(buffer.data(), static_cast<size_t>(got));
  }
  return absl::OkStatus();
}

int MillisecondsUntil(SteadyTime deadline) {
  auto const left =
      std::chrono::ceil<std::chrono::milliseconds>(deadline - std::chrono::steady_clock::now());
  return static_cast<int>(std::clamp<int64_t>(left.count(), 0, 1'000'000));
}

// Collects output until the process has exited; it stays a zombie.
absl::Status Collect(Child const& child, SubprocessCommand const& command, Pipe& output,
                     Pipe& errors, SubprocessResult& result) {
  Descriptor const exited(pidfd_open(child.pid(), 0));
  if (!exited.open()) return absl::ErrnoToStatus(errno, "pidfd_open");
  auto const deadline =
      std::chrono::steady_clock::now() + absl::ToChronoNanoseconds(command.timeout);
  while (true) {
    std::array<pollfd, 3> fds = {{{exited.get(), POLLIN, 0},
                                  {output.read_end.get(), POLLIN, 0},
                                  {errors.read_end.get(), POLLIN, 0}}};
    if (poll(fds.data(), fds.size(), MillisecondsUntil(deadline)) < 0 && errno != EINTR)
      return absl::ErrnoToStatus(errno, "poll");
    RETURN_IF_ERROR(Drain(output.read_end, command.max_output_bytes, result.output));
    RETURN_IF_ERROR(Drain(errors.read_end, command.max_output_bytes, result.errors));
    if (fds[0].revents != 0) return absl::OkStatus();
    if (std::chrono::steady_clock::now() >= deadline)
      return absl::DeadlineExceededError(
          absl::StrCat("still running after ", absl::FormatDuration(command.timeout)));
  }
}

absl::StatusOr<SubprocessResult> Run(SubprocessCommand const& command) {
  if (command.argv.empty()) return absl::InvalidArgumentError("no program is named");
  ASSIGN_OR_RETURN(Pipe output, MakePipe());
  ASSIGN_OR_RETURN(Pipe errors, MakePipe());
  ASSIGN_OR_RETURN(Child child,
                   Spawn(command.argv, output.write_end.get(), errors.write_end.get()));
  output.write_end.Close();
  errors.write_end.Close();

  SubprocessResult result;
  RETURN_IF_ERROR(Collect(child, command, output, errors, result));
  int const status = child.Reap();
  if (WIFSIGNALED(status))
    return absl::AbortedError(absl::StrCat("ended by signal ", WTERMSIG(status)));
  result.exit_code = WEXITSTATUS(status);
  return result;
}

}  // namespace

absl::StatusOr<SubprocessResult> RunSubprocess(SubprocessCommand const& command) {
  absl::StatusOr<SubprocessResult> result = Run(command);
  if (!result.ok())
    return Annotate(result.status(), absl::StrCat("run ", absl::StrJoin(command.argv, " ")));
  return result;
}

}  // namespace probefarm
