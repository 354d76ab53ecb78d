#include "lib/tls/test_authority.h"

#include <openssl/bio.h>
#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/rand.h>
#include <openssl/x509v3.h>

#include <stdexcept>

namespace probefarm {
namespace {

constexpr long kVersion3 = 2;

void Require(bool done, char const* what) {
  if (!done) throw std::runtime_error(what);
}

template <class Writer>
std::string ToPem(Writer const& write) {
  std::unique_ptr<BIO, OpenSslFree<BIO_free>> const text(BIO_new(BIO_s_mem()));
  Require(write(text.get()) == 1, "write PEM");
  char* start = nullptr;
  long const size = BIO_get_mem_data(text.get(), &start);
  return {start, static_cast<size_t>(size)};
}

std::string ToPem(X509* certificate) {
  return ToPem([&](BIO* to) { return PEM_write_bio_X509(to, certificate); });
}

std::string ToPem(EVP_PKEY* key) {
  return ToPem([&](BIO* to) {
    return PEM_write_bio_PrivateKey(to, key, nullptr, nullptr, 0, nullptr, nullptr);
  });
}

void Extend(X509* certificate, X509* issuer, int kind, std::string const& value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  std::unique_ptr<X509_EXTENSION, OpenSslFree<X509_EXTENSION_free>> const extension(
      X509V3_EXT_conf_nid(nullptr, &context, kind, value.c_str()));
  Require(extension != nullptr, value.c_str());
  X509_add_ext(certificate, extension.get(), -1);
}

void SetSerial(X509* certificate) {
  uint32_t serial = 0;
  RAND_bytes(reinterpret_cast<unsigned char*>(&serial), sizeof(serial));
  ASN1_INTEGER_set_uint64(X509_get_serialNumber(certificate), serial);
}

void Describe(X509* certificate, TestCertificate const& wanted) {
  X509_set_version(certificate, kVersion3);
  SetSerial(certificate);
  ASN1_TIME_set(X509_getm_notBefore(certificate), absl::ToTimeT(wanted.not_before));
  ASN1_TIME_set(X509_getm_notAfter(certificate), absl::ToTimeT(wanted.not_after));
  X509_NAME_add_entry_by_txt(X509_get_subject_name(certificate), "CN", MBSTRING_UTF8,
                             reinterpret_cast<unsigned char const*>(wanted.common_name.data()),
                             static_cast<int>(wanted.common_name.size()), -1, 0);
}

}  // namespace

TestAuthority::Signer TestAuthority::Sign(TestCertificate const& wanted, Signer const* by,
                                          bool authority) {
  Signer made{PrivateKey(EVP_EC_gen("P-256")), X509Certificate(X509_new())};
  X509* const certificate = made.certificate.get();
  X509* const issuer = by == nullptr ? certificate : by->certificate.get();
  Describe(certificate, wanted);
  X509_set_issuer_name(certificate, X509_get_subject_name(issuer));
  X509_set_pubkey(certificate, made.key.get());
  Extend(certificate, issuer, NID_subject_key_identifier, "hash");
  Extend(certificate, issuer, NID_basic_constraints, authority ? "critical,CA:TRUE" : "CA:FALSE");
  if (!authority) Extend(certificate, issuer, NID_ext_key_usage, wanted.usage);
  if (!wanted.alternative_names.empty())
    Extend(certificate, issuer, NID_subject_alt_name, wanted.alternative_names);
  EVP_PKEY* const key = by == nullptr ? made.key.get() : by->key.get();
  Require(X509_sign(certificate, key, EVP_sha256()) > 0, "sign a certificate");
  return made;
}

TestAuthority::TestAuthority()
    : root_(Sign({.common_name = "test CA"}, nullptr, true)),
      ca_pem_(ToPem(root_.certificate.get())) {
  folder_.Write("ca.pem", ca_pem_);
}

TlsFiles TestAuthority::Write(std::string const& name, Signer const& issued,
                              std::string const& chain) const {
  TlsFiles files;
  files.key = folder_.Write(name + ".key", ToPem(issued.key.get()));
  files.certificate = folder_.Write(name + ".pem", ToPem(issued.certificate.get()) + chain);
  files.ca = ca_file();
  return files;
}

TlsFiles TestAuthority::Issue(std::string const& name, TestCertificate const& wanted) const {
  return Write(name, Sign(wanted, &root_, false), "");
}

TlsFiles TestAuthority::IssueByIntermediate(std::string const& name,
                                            TestCertificate const& wanted) const {
  Signer const between = Sign({.common_name = "test intermediate"}, &root_, true);
  return Write(name, Sign(wanted, &between, false), ToPem(between.certificate.get()));
}

}  // namespace probefarm
