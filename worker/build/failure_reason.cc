#include "worker/build/failure_reason.h"

#include <algorithm>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"

namespace probefarm {
namespace {

constexpr absl::string_view kScriptPrefix = "probefarm: ";
constexpr size_t kMaxText = 1000;

// `timeout` and the shell; a process that a signal ended gives 128 and its number.
constexpr int kExitTimedOut = 124;
constexpr int kExitCannotRun = 125;  // and above
constexpr int kExitKilled = 137;
constexpr int kExitTerminated = 143;    // busybox's `timeout` says this
constexpr int kExitFileTooLarge = 153;  // SIGXFSZ
// coordinator/recipe/recipe.h
constexpr int kExitSourceUnusable = 20;
constexpr int kExitHeadersUnusable = 21;
constexpr int kExitNoRoom = 23;

// What a build or a server said goes into messages that must be text.
std::string OneLine(absl::string_view said) {
  std::string text(said.substr(0, kMaxText));
  std::replace_if(text.begin(), text.end(), absl::ascii_iscntrl, ' ');
  std::replace_if(
      text.begin(), text.end(), [](char c) { return !absl::ascii_isascii(c); }, '?');
  absl::StripAsciiWhitespace(&text);
  return text;
}

BuildFailure Permanent(std::string code, absl::string_view text) {
  return {BuildFailure::Class::kPermanent, std::move(code), OneLine(text)};
}

BuildFailure Transient(std::string code, absl::string_view text) {
  return {BuildFailure::Class::kTransient, std::move(code), OneLine(text)};
}

BuildFailure Machine(std::string code, absl::string_view text) {
  return {BuildFailure::Class::kMachine, std::move(code), OneLine(text)};
}

BuildFailure ClassifyEngine(absl::Status const& status) {
  return absl::IsUnavailable(status) ? Machine("engine_unavailable", status.message())
                                     : Transient("engine_error", status.message());
}

BuildFailure ClassifyInput(absl::Status const& status) {
  switch (status.code()) {
    case absl::StatusCode::kDataLoss:
      return Permanent("input_digest_mismatch", status.message());
    case absl::StatusCode::kNotFound:
      return Permanent("input_gone", status.message());
    case absl::StatusCode::kInvalidArgument:
      return Permanent("input_invalid", status.message());
    default:
      return Transient("input_unavailable", status.message());
  }
}

// Of all statuses there, only the unpacking of an input gives INVALID_ARGUMENT.
BuildFailure ClassifyContainer(absl::Status const& status) {
  return absl::IsInvalidArgument(status) ? Permanent("input_invalid", status.message())
                                         : ClassifyEngine(status);
}

BuildFailure ClassifyCheck(absl::Status const& status) {
  return absl::IsFailedPrecondition(status) ? Permanent("artifact_mismatch", status.message())
                                            : Machine("disk_error", status.message());
}

std::string Seconds(absl::Duration duration) {
  return absl::StrCat(absl::ToInt64Seconds(duration), " s");
}

bool IsTimeout(ScriptEnd const& end, absl::Duration timeout) {
  bool const by_signal = end.exit.code == kExitKilled || end.exit.code == kExitTerminated;
  return end.exit.code == kExitTimedOut || (by_signal && end.ran >= timeout);
}

}  // namespace

BuildFailure ClassifyStatus(BuildStage stage, absl::Status const& status) {
  if (absl::IsResourceExhausted(status)) return Machine("no_space", status.message());
  switch (stage) {
    case BuildStage::kImage:
      return absl::IsUnavailable(status) ? Machine("image_unavailable", status.message())
                                         : Transient("image_unavailable", status.message());
    case BuildStage::kInputs:
      return ClassifyInput(status);
    case BuildStage::kContainer:
      return ClassifyContainer(status);
    case BuildStage::kCopy:
      return absl::IsFailedPrecondition(status) ? Permanent("no_artifact", status.message())
                                                : ClassifyEngine(status);
    case BuildStage::kCheck:
      return ClassifyCheck(status);
  }
  return Transient("engine_error", status.message());
}

BuildFailure ClassifyScriptEnd(ScriptEnd const& end, absl::Duration timeout,
                               absl::string_view log_tail) {
  if (end.exit.out_of_memory) {
    return Permanent("out_of_memory", "the build needs more memory than its limit allows");
  }
  if (IsTimeout(end, timeout)) {
    return Permanent("timed_out", absl::StrCat("the build was not done after ", Seconds(timeout)));
  }
  if (end.exit.code == kExitFileTooLarge)
    return Permanent("no_artifact", "the build writes a larger file than a probe may be");
  std::string const line = MostTellingLine(log_tail);
  if (end.exit.code >= kExitCannotRun) {
    return Transient(
        "engine_error",
        absl::StrCat("the script could not run, or was killed from outside: exit code ",
                     end.exit.code, ": ", line));
  }
  switch (end.exit.code) {
    case kExitNoRoom:
      return Transient("no_space", line);
    case kExitSourceUnusable:
      return Permanent("source_unusable", line);
    case kExitHeadersUnusable:
      return Permanent("headers_unusable", line);
    default:
      return Permanent("compiler_error",
                       line.empty() ? absl::StrCat("exit code ", end.exit.code) : line);
  }
}

BuildFailure BuilderNotAllowed(absl::string_view image_id) {
  return Machine("builder_not_allowed",
                 absl::StrCat("this worker may not use builder image ", image_id,
                              ": none of its --builder options names it"));
}

std::string MostTellingLine(absl::string_view log_tail) {
  std::vector<absl::string_view> const lines =
      absl::StrSplit(log_tail, '\n', absl::SkipWhitespace());
  auto const said = std::find_if(lines.rbegin(), lines.rend(), [](absl::string_view line) {
    return absl::StartsWith(line, kScriptPrefix);
  });
  if (said != lines.rend()) return OneLine(absl::StripPrefix(*said, kScriptPrefix));
  auto const error = std::find_if(lines.begin(), lines.end(), [](absl::string_view line) {
    return absl::StrContains(line, "error:");
  });
  if (error != lines.end()) return OneLine(*error);
  return lines.empty() ? "" : OneLine(lines.back());
}

}  // namespace probefarm
