#include "coordinator/config/tls_config.h"

namespace probefarm {

TlsFiles ReadTls(YamlMapping& top) {
  TlsFiles files;
  top.Mapping("tls", YamlMapping::Presence::kOptional, [&](YamlMapping& tls) {
    files.certificate = tls.String("certificate", "");
    files.key = tls.String("key", "");
    files.ca = tls.String("client_ca", "");
    if (files.certificate.empty() && !(files.key.empty() && files.ca.empty()))
      tls.Error("certificate", "is empty, but there is a key or a client_ca");
    if (files.key.empty() && !files.certificate.empty())
      tls.Error("key", "is empty, but there is a certificate");
  });
  return files;
}

}  // namespace probefarm
