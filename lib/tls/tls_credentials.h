#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/time/time.h"

namespace probefarm {

// Where the PEM files are. `certificate` and `key` go together; what is empty is not used.
struct TlsFiles {
  std::string certificate;  // this end's own, followed by the intermediates that lead to its CA
  std::string key;          // of that certificate, without a passphrase
  std::string ca;           // who is trusted to have signed the other end's certificate
  friend bool operator==(TlsFiles const&, TlsFiles const&) = default;
};

// What stands in TlsFiles, as PEM texts.
struct TlsTexts {
  std::string certificate;
  std::string key;  // a secret: in no log, no message
  std::string ca;
  friend bool operator==(TlsTexts const&, TlsTexts const&) = default;
};

// Texts that were checked, so that a TLS library takes them.
struct TlsCredentials {
  TlsTexts pem;
  std::string subject;                            // of the certificate; empty without one
  absl::Time not_after = absl::InfiniteFuture();  // when the certificate ends
};

// Reads the files, 1 MB each at most. Errors name the file. Blocks for the disk.
absl::StatusOr<TlsTexts> ReadTlsFiles(TlsFiles const& files);

// INVALID_ARGUMENT, naming the file and what to do, when a certificate or the key is cut off or
// broken, the key is another certificate's, a certificate of the chain did not sign the one before
// it, or the first one is not valid at `now`; the message holds nothing of the key. `files` is for
// messages. Pure.
absl::StatusOr<TlsCredentials> CheckTlsTexts(TlsFiles const& files, TlsTexts texts, absl::Time now);

}  // namespace probefarm
