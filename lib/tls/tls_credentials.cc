#include "lib/tls/tls_credentials.h"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/x509v3.h>

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/files/bounded_read.h"
#include "lib/files/unique_fd.h"
#include "lib/runtime/status_macros.h"
#include "lib/tls/pem.h"

namespace probefarm {
namespace {

constexpr size_t kMaxBytes = size_t{1} << 20;

absl::StatusOr<std::string> ReadWhole(std::string const& path) {
  if (path.empty()) return std::string();
  ASSIGN_OR_RETURN(UniqueFd const fd, OpenFile(path, O_RDONLY | O_NONBLOCK));
  return ReadUpTo(fd, path, kMaxBytes);
}

std::string Utc(absl::Time time) {
  return absl::FormatTime(absl::RFC3339_sec, time, absl::UTCTimeZone());
}

absl::Status CheckLifetime(X509 const& certificate, absl::Time now) {
  if (now >= NotAfter(certificate)) {
    return absl::InvalidArgumentError(absl::StrCat("the certificate ended at ",
                                                   Utc(NotAfter(certificate)),
                                                   ": renew it (scripts/setup-tls does)"));
  }
  if (now >= NotBefore(certificate)) return absl::OkStatus();
  return absl::InvalidArgumentError(absl::StrCat("the certificate begins at ",
                                                 Utc(NotBefore(certificate)),
                                                 ": is this machine's clock right?"));
}

absl::Status CheckChain(std::vector<X509Certificate> const& chain) {
  for (size_t i = 1; i < chain.size(); ++i) {
    if (X509_check_issued(chain[i].get(), chain[i - 1].get()) == X509_V_OK) continue;
    return absl::InvalidArgumentError(
        absl::StrCat("certificate ", i + 1, " in it did not sign certificate ", i,
                     ": this end's own comes first, then who signed it, and so on"));
  }
  return absl::OkStatus();
}

absl::Status CheckKey(TlsFiles const& files, TlsTexts const& texts, X509 const& certificate) {
  ASSIGN_OR_RETURN(PrivateKey const key, ParsePrivateKey(texts.key));
  bool const matches = X509_check_private_key(&certificate, key.get()) == 1;
  ERR_clear_error();
  if (matches) return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("the key is not that of the certificate in ", files.certificate));
}

absl::Status CheckCertificate(std::vector<X509Certificate> const& chain, absl::Time now) {
  RETURN_IF_ERROR(CheckChain(chain));
  return CheckLifetime(*chain.front(), now);
}

}  // namespace

absl::StatusOr<TlsTexts> ReadTlsFiles(TlsFiles const& files) {
  TlsTexts texts;
  ASSIGN_OR_RETURN(texts.certificate, ReadWhole(files.certificate));
  ASSIGN_OR_RETURN(texts.key, ReadWhole(files.key));
  ASSIGN_OR_RETURN(texts.ca, ReadWhole(files.ca));
  return texts;
}

absl::StatusOr<TlsCredentials> CheckTlsTexts(TlsFiles const& files, TlsTexts texts,
                                             absl::Time now) {
  TlsCredentials checked;
  if (!files.ca.empty()) {
    RETURN_IF_ERROR(Annotate(ParseCertificates(texts.ca).status(), files.ca));
  }
  if (!files.certificate.empty()) {
    absl::StatusOr<std::vector<X509Certificate>> const chain = ParseCertificates(texts.certificate);
    if (!chain.ok()) return Annotate(chain.status(), files.certificate);
    RETURN_IF_ERROR(Annotate(CheckCertificate(*chain, now), files.certificate));
    RETURN_IF_ERROR(Annotate(CheckKey(files, texts, *chain->front()), files.key));
    checked.subject = SubjectOf(*chain->front());
    checked.not_after = NotAfter(*chain->front());
  }
  checked.pem = std::move(texts);
  return checked;
}

}  // namespace probefarm
