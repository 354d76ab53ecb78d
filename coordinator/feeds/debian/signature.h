#pragma once

#include <string>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm::debian {

// What gpgv's status lines (`--status-fd`; GnuPG's doc/DETAILS) say of a signed text. OK when one
// signature is both GOODSIG — its key is known, neither expired nor revoked — and VALIDSIG with a
// SHA-2 digest, and the file held exactly one text. Signatures by unknown keys do not matter: a
// Debian suite has several, among them some that an older keyring does not know. UNAUTHENTICATED
// names the keys that signed, or says that nothing is signed. Pure.
absl::Status JudgeSignatures(absl::string_view status_lines);

// Runs gpgv on an InRelease file and returns what was signed, and only that: text around the signed
// part is not in it. `keyrings` are absolute paths. UNAUTHENTICATED names the path and the reason;
// RESOURCE_EXHAUSTED: over 16 MiB of text. Blocks for gpgv, whose absence is an error too.
absl::StatusOr<std::string> ReadSignedText(std::string const& path,
                                           std::vector<std::string> const& keyrings);

}  // namespace probefarm::debian
