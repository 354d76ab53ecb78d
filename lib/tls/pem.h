#pragma once

#include <openssl/evp.h>
#include <openssl/x509.h>

#include <memory>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"

namespace probefarm {

// OpenSSL's objects, each freed by the function that the API has for it.
template <auto kFree>
struct OpenSslFree {
  template <class T>
  void operator()(T* object) const {
    kFree(object);
  }
};
using X509Certificate = std::unique_ptr<X509, OpenSslFree<X509_free>>;
using PrivateKey = std::unique_ptr<EVP_PKEY, OpenSslFree<EVP_PKEY_free>>;

// All certificates of a PEM text, in order; what stands between them is skipped. INVALID_ARGUMENT
// when there is none, or one of them is cut off or broken. Nothing is said of whether they are
// valid or belong together. Messages hold none of the text. Thread-safe, like all of this.
absl::StatusOr<std::vector<X509Certificate>> ParseCertificates(absl::string_view pem);

// The first private key of a PEM text. INVALID_ARGUMENT when there is none, or it needs a
// passphrase, for which nobody is asked.
absl::StatusOr<PrivateKey> ParsePrivateKey(absl::string_view pem);

// From when and until when the certificate says that it is valid.
absl::Time NotBefore(X509 const& certificate);
absl::Time NotAfter(X509 const& certificate);
// "CN=coordinator" (RFC 2253), for messages.
std::string SubjectOf(X509 const& certificate);

}  // namespace probefarm
