#include "coordinator/feeds/debian/signature.h"

#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "absl/strings/str_split.h"
#include "absl/strings/strip.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/subprocess.h"

namespace probefarm::debian {
namespace {

constexpr size_t kMaxTextBytes = size_t{16} << 20;
constexpr size_t kDigestAlgorithmField = 8;

// RFC 4880, 9.4: SHA-256, SHA-384, SHA-512.
bool IsStrongDigest(absl::string_view algorithm) {
  return algorithm == "8" || algorithm == "9" || algorithm == "10";
}

struct Verdict {
  int texts = 0;
  bool good = false;   // of the signature that is being reported
  bool valid = false;  // of any
  std::vector<std::string> complaints;
};

bool IsComplaint(absl::string_view keyword) {
  return keyword == "NO_PUBKEY" || keyword == "BADSIG" || keyword == "EXPSIG" ||
         keyword == "EXPKEYSIG" || keyword == "REVKEYSIG";
}

// gpgv writes the first text only and complains of another.
bool IsFurtherText(std::vector<absl::string_view> const& words) {
  return words.size() > 1 && words[0] == "ERROR" && words[1] == "proc_pkt.plaintext";
}

void Judge(std::vector<absl::string_view> const& words, Verdict& verdict) {
  absl::string_view const keyword = words[0];
  if (keyword == "PLAINTEXT" || IsFurtherText(words)) ++verdict.texts;
  if (keyword == "NEWSIG") verdict.good = false;
  if (keyword == "GOODSIG") verdict.good = true;
  // gpgv calls a signature by an expired or revoked key VALIDSIG too.
  if (keyword == "VALIDSIG" && verdict.good && words.size() > kDigestAlgorithmField)
    verdict.valid = verdict.valid || IsStrongDigest(words[kDigestAlgorithmField]);
  if (IsComplaint(keyword) && words.size() > 1)
    verdict.complaints.push_back(absl::StrCat(keyword, " ", words[1]));
}

}  // namespace

absl::Status JudgeSignatures(absl::string_view status_lines) {
  Verdict verdict;
  for (absl::string_view line : absl::StrSplit(status_lines, '\n')) {
    if (!absl::ConsumePrefix(&line, "[GNUPG:] ")) continue;
    std::vector<absl::string_view> const words = absl::StrSplit(line, ' ', absl::SkipEmpty());
    if (!words.empty()) Judge(words, verdict);
  }
  if (verdict.texts > 1) return absl::UnauthenticatedError("it holds more than one signed text");
  if (verdict.valid && verdict.texts == 1) return absl::OkStatus();
  if (verdict.complaints.empty()) return absl::UnauthenticatedError("it is not signed");
  return absl::UnauthenticatedError(absl::StrCat("no signature by a key of the keyring is valid (",
                                                 absl::StrJoin(verdict.complaints, ", "), ")"));
}

absl::StatusOr<std::string> ReadSignedText(std::string const& path,
                                           std::vector<std::string> const& keyrings) {
  SubprocessCommand command;
  command.argv = {"gpgv", "--status-fd", "2", "--output", "-"};
  // A compressed message can be far larger than its file.
  command.max_output_bytes = kMaxTextBytes;
  for (std::string const& keyring : keyrings) {
    command.argv.emplace_back("--keyring");
    command.argv.push_back(keyring);
  }
  command.argv.push_back(path);
  ASSIGN_OR_RETURN(SubprocessResult verified, RunSubprocess(command));
  // Its messages stand between the status lines; each begins with "gpgv: ", and gpgv escapes line
  // breaks in what it quotes.
  if (absl::Status const verdict = JudgeSignatures(verified.errors); !verdict.ok())
    return Annotate(verdict,
                    absl::StrCat("verify ", path, " with ", absl::StrJoin(keyrings, ", ")));
  return std::move(verified.output);
}

}  // namespace probefarm::debian
