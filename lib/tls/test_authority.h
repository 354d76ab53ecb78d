#pragma once

#include <string>
#include <vector>

#include "absl/time/time.h"
#include "lib/files/temporary_folder.h"
#include "lib/tls/pem.h"
#include "lib/tls/tls_credentials.h"

namespace probefarm {

// What a certificate of a test is to say.
struct TestCertificate {
  std::string common_name;
  std::string alternative_names;  // "DNS:localhost,IP:127.0.0.1,URI:worker://w1"; none when empty
  std::string usage = "serverAuth,clientAuth";
  absl::Time not_before = absl::Now() - absl::Hours(1);
  absl::Time not_after = absl::Now() + absl::Hours(1);
};

// A certificate authority of a test's own, EC P-256, made in memory by OpenSSL; it writes what it
// issues into a folder of its own. Throws std::runtime_error when OpenSSL does not do it: there is
// no test then.
//
//   TestAuthority authority;
//   TlsFiles const server = authority.Issue("server", {"farm", "DNS:localhost"});
class TestAuthority {
 public:
  TestAuthority();

  // Its own certificate; its PEM text.
  std::string ca_file() const { return folder_ / "ca.pem"; }
  std::string const& ca() const { return ca_pem_; }

  // Writes `<name>.pem` and `<name>.key`, over what is there, and names this authority as the CA.
  TlsFiles Issue(std::string const& name, TestCertificate const& wanted) const;
  // The same by way of an intermediate authority, whose certificate follows in `<name>.pem`.
  TlsFiles IssueByIntermediate(std::string const& name, TestCertificate const& wanted) const;

  TemporaryFolder const& folder() const { return folder_; }

 private:
  struct Signer {
    PrivateKey key;
    X509Certificate certificate;
  };

  static Signer Sign(TestCertificate const& wanted, Signer const* by, bool authority);
  TlsFiles Write(std::string const& name, Signer const& issued, std::string const& chain) const;

  TemporaryFolder folder_;
  Signer root_;
  std::string ca_pem_;
};

}  // namespace probefarm
