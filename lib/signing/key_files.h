#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "lib/signing/public_key.h"
#include "lib/signing/signing_key.h"

// Keys on the disk. Errors name the file and what to do, and hold nothing of a key. All block for
// the disk.
namespace probefarm {

// Where the public half of the key at `path` is written: "<path>.pub". Pure.
std::string PublicKeyPath(absl::string_view path);

// Writes the private key to `path` (0600) and the public one to PublicKeyPath() (0644); both are on
// on return. ALREADY_EXISTS, with nothing changed, where either is there: a key that is lost
// cannot be made again. When a file cannot be written, neither is left.
absl::Status WriteKeyPair(SigningKey const& key, std::string const& path);

// Reads a private key. FAILED_PRECONDITION when others could have read it: the rule is that of
// PostgreSQL's server key, nobody but the owner, or, where the owner is another user than this
// process runs as (root, on a volume of Kubernetes), its group too. INVALID_ARGUMENT for what is no
// such key, a file over 64 KB, and what is no file.
absl::StatusOr<SigningKey> ReadSigningKey(std::string const& path);

// Reads a public key. INVALID_ARGUMENT as above.
absl::StatusOr<PublicKey> ReadPublicKey(std::string const& path);

// The rule: whether a file with these permission bits, which belongs to user `owner`, keeps a key
// from all but whom it may be read by, for a process of user `reader`. Pure.
bool KeepsSecret(unsigned mode, unsigned owner, unsigned reader);

}  // namespace probefarm
