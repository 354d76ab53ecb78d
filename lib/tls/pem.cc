#include "lib/tls/pem.h"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include <ctime>
#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {
namespace {

using Bio = std::unique_ptr<BIO, OpenSslFree<BIO_free>>;

Bio Reader(absl::string_view text) {
  return Bio(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
}

// Without it OpenSSL would ask at the terminal.
int NoPassphrase(char* /*buffer*/, int /*size*/, int /*writing*/, void* /*data*/) { return -1; }

// Why a PEM reader gave nothing; and leaves no error behind for others to find.
unsigned long TakeError() {
  unsigned long const error = ERR_peek_last_error();
  ERR_clear_error();
  return error;
}

bool IsEndOfPem(unsigned long error) {
  return ERR_GET_LIB(error) == ERR_LIB_PEM && ERR_GET_REASON(error) == PEM_R_NO_START_LINE;
}

absl::Time ToTime(ASN1_TIME const* time) {
  tm parts{};
  if (ASN1_TIME_to_tm(time, &parts) != 1) return absl::InfinitePast();
  return absl::FromTM(parts, absl::UTCTimeZone());
}

}  // namespace

absl::StatusOr<std::vector<X509Certificate>> ParseCertificates(absl::string_view pem) {
  ERR_clear_error();
  Bio const reader = Reader(pem);
  std::vector<X509Certificate> certificates;
  while (X509* const next = PEM_read_bio_X509(reader.get(), nullptr, &NoPassphrase, nullptr))
    certificates.emplace_back(next);
  if (!IsEndOfPem(TakeError())) {
    return absl::InvalidArgumentError(
        absl::StrCat("certificate ", certificates.size() + 1, " in it is cut off or broken"));
  }
  if (certificates.empty()) return absl::InvalidArgumentError("there is no PEM certificate in it");
  return certificates;
}

absl::StatusOr<PrivateKey> ParsePrivateKey(absl::string_view pem) {
  Bio const reader = Reader(pem);
  PrivateKey key(PEM_read_bio_PrivateKey(reader.get(), nullptr, &NoPassphrase, nullptr));
  ERR_clear_error();
  if (key == nullptr) {
    return absl::InvalidArgumentError(
        "there is no whole PEM private key without a passphrase in it");
  }
  return key;
}

absl::Time NotBefore(X509 const& certificate) { return ToTime(X509_get0_notBefore(&certificate)); }

absl::Time NotAfter(X509 const& certificate) { return ToTime(X509_get0_notAfter(&certificate)); }

std::string SubjectOf(X509 const& certificate) {
  Bio const text(BIO_new(BIO_s_mem()));
  X509_NAME_print_ex(text.get(), X509_get_subject_name(&certificate), 0, XN_FLAG_RFC2253);
  char* start = nullptr;
  long const size = BIO_get_mem_data(text.get(), &start);
  return {start, static_cast<size_t>(size)};
}

}  // namespace probefarm
