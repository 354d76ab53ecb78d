#include "coordinator/releases/github/github_answer.h"

#include "absl/strings/ascii.h"
#include "absl/strings/escaping.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_json.h"

namespace probefarm {
namespace {

constexpr size_t kShownBody = 200;

bool Says(GitHubProblem const& problem, absl::string_view words) {
  return absl::StrContains(absl::AsciiStrToLower(problem.message), words);
}

bool IsLimit(GitHubAnswer const& answer, GitHubProblem const& problem) {
  auto const remaining = answer.headers.find("x-ratelimit-remaining");
  return answer.http_status == 429 || answer.headers.contains("retry-after") ||
         (remaining != answer.headers.end() && remaining->second == "0") ||
         Says(problem, "secondary rate") || Says(problem, "rate limit exceeded") ||
         absl::StrContains(problem.documentation_url, "abuse-rate-limits") ||
         absl::StrContains(problem.documentation_url, "secondary-rate-limits");
}

// "Cannot upload assets to an immutable release." comes without `errors`.
GitHubMeaning MeaningOf422(GitHubProblem const& problem) {
  if (problem.code == "already_exists") return GitHubMeaning::kAlreadyThere;
  if (Says(problem, "immutable release")) return GitHubMeaning::kImmutable;
  if (absl::StrContains(problem.message, "file_count")) return GitHubMeaning::kFull;
  return GitHubMeaning::kRefused;
}

GitHubMeaning MeaningOf(GitHubAnswer const& answer, GitHubProblem const& problem) {
  int const status = answer.http_status;
  if (status >= 200 && status < 300) return GitHubMeaning::kSuccess;
  switch (status) {
    case 304:
      return GitHubMeaning::kUnchanged;
    case 404:
    case 410:
      return GitHubMeaning::kNotThere;
    case 422:
      return MeaningOf422(problem);
    case 401:
      return GitHubMeaning::kNotAllowed;
    case 403:
    case 429:
      if (IsLimit(answer, problem)) return GitHubMeaning::kSlowDown;
      // A page that some machine in between made says nothing of permissions.
      return problem.message.empty() ? GitHubMeaning::kTrouble : GitHubMeaning::kNotAllowed;
    case 408:
      return GitHubMeaning::kTrouble;
    default:
      return status >= 400 && status < 500 ? GitHubMeaning::kRefused : GitHubMeaning::kTrouble;
  }
}

absl::string_view Remedy(GitHubMeaning meaning, int http_status) {
  switch (meaning) {
    case GitHubMeaning::kNotThere:
      return "; a private repository says so, too, to a token that may not read it";
    case GitHubMeaning::kFull:
      return "; add another repository to releases.github.repositories";
    case GitHubMeaning::kImmutable:
      return "; switch immutable releases off in the repository's settings: probes are added to a "
             "release as they are built";
    case GitHubMeaning::kNotAllowed:
      return http_status == 401 ? "; the token has ended or is none: releases.github.credentials"
                                : "; the token needs the permission contents:write for this "
                                  "repository";
    case GitHubMeaning::kSlowDown:
      return "; everything waits as long as GitHub asks";
    case GitHubMeaning::kTrouble:
      return "; it is tried again";
    default:
      return "";
  }
}

std::string Said(GitHubAnswer const& answer, GitHubProblem const& problem) {
  if (answer.http_status == 0) return absl::StrCat("no answer came: ", answer.error);
  std::string said = absl::StrCat("GitHub answered ", answer.http_status);
  if (!problem.message.empty()) {
    absl::StrAppend(&said, " \"", absl::Utf8SafeCHexEscape(problem.message), "\"");
  } else if (!answer.body.empty()) {
    absl::StrAppend(&said, " \"", absl::Utf8SafeCHexEscape(answer.body.substr(0, kShownBody)),
                    "\"");
  }
  if (!problem.code.empty())
    absl::StrAppend(&said, " (", absl::Utf8SafeCHexEscape(problem.code), ")");
  return said;
}

absl::StatusCode CodeOf(GitHubMeaning meaning) {
  switch (meaning) {
    case GitHubMeaning::kSuccess:
    case GitHubMeaning::kUnchanged:
      return absl::StatusCode::kOk;
    case GitHubMeaning::kNotThere:
      return absl::StatusCode::kNotFound;
    case GitHubMeaning::kAlreadyThere:
      return absl::StatusCode::kAlreadyExists;
    case GitHubMeaning::kFull:
      return absl::StatusCode::kResourceExhausted;
    case GitHubMeaning::kImmutable:
    case GitHubMeaning::kRefused:
      return absl::StatusCode::kFailedPrecondition;
    case GitHubMeaning::kNotAllowed:
      return absl::StatusCode::kPermissionDenied;
    case GitHubMeaning::kSlowDown:
    case GitHubMeaning::kTrouble:
      break;
  }
  return absl::StatusCode::kUnavailable;
}

}  // namespace

GitHubVerdict InterpretGitHub(absl::string_view doing, GitHubAnswer const& answer) {
  GitHubProblem const problem = ParseGitHubProblem(answer.body);
  GitHubMeaning const meaning = MeaningOf(answer, problem);
  if (meaning == GitHubMeaning::kSuccess || meaning == GitHubMeaning::kUnchanged)
    return {meaning, ""};
  return {meaning,
          absl::StrCat(doing, ": ", Said(answer, problem), Remedy(meaning, answer.http_status))};
}

HostAnswer ForGate(GitHubAnswer const& answer) {
  GitHubProblem const problem =
      answer.http_status >= 400 ? ParseGitHubProblem(answer.body) : GitHubProblem();
  return {answer.http_status, answer.headers, problem.documentation_url, problem.message};
}

absl::Status ToStatus(GitHubVerdict const& verdict) {
  absl::StatusCode const code = CodeOf(verdict.meaning);
  return code == absl::StatusCode::kOk ? absl::OkStatus() : absl::Status(code, verdict.why);
}

}  // namespace probefarm
