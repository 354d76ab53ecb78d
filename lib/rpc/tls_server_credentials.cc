#include "lib/rpc/tls_server_credentials.h"

#include <grpc/grpc.h>
#include <grpc/grpc_security.h>

#include <string>
#include <utility>

namespace probefarm {
namespace {

struct CredentialsRelease {
  void operator()(grpc_server_credentials* credentials) const {
    grpc_server_credentials_release(credentials);
  }
};

grpc_ssl_server_certificate_config* ToConfig(TlsTexts const& pem) {
  grpc_ssl_pem_key_cert_pair const pair = {pem.key.c_str(), pem.certificate.c_str()};
  return grpc_ssl_server_certificate_config_create(pem.ca.empty() ? nullptr : pem.ca.c_str(), &pair,
                                                   1);
}

grpc_ssl_client_certificate_request_type ToRequestType(ClientCertificates clients) {
  return clients == ClientCertificates::kNotAsked ? GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE
                                                  : GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
}

// gRPC's own file watcher takes a key that is not the certificate's for good, and has no server
// afterwards. What its C++ interface lacks is the fetcher that is asked at each handshake.
class WatchedCredentials final : public grpc::ServerCredentials {
 public:
  WatchedCredentials(TlsWatch const& watch, ClientCertificates clients)
      : watch_(watch),
        credentials_(grpc_ssl_server_credentials_create_with_options(
            grpc_ssl_server_credentials_create_options_using_config_fetcher(ToRequestType(clients),
                                                                            &Fetch, this))) {}

  void SetAuthMetadataProcessor(
      std::shared_ptr<grpc::AuthMetadataProcessor> const& /*processor*/) override {}

 private:
  int AddPortToServer(std::string const& address, grpc_server* server) override {
    return grpc_server_add_http2_port(server, address.c_str(), credentials_.get());
  }

  // gRPC calls it with a lock held, never twice at a time.
  static grpc_ssl_certificate_config_reload_status Fetch(
      void* self, grpc_ssl_server_certificate_config** config) {
    return static_cast<WatchedCredentials*>(self)->Fetch(config);
  }

  grpc_ssl_certificate_config_reload_status Fetch(grpc_ssl_server_certificate_config** config) {
    std::shared_ptr<TlsCredentials const> now = watch_.current();
    if (now == given_) return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_UNCHANGED;
    *config = ToConfig(now->pem);
    given_ = std::move(now);
    return GRPC_SSL_CERTIFICATE_CONFIG_RELOAD_NEW;
  }

  TlsWatch const& watch_;
  std::shared_ptr<TlsCredentials const> given_;
  std::unique_ptr<grpc_server_credentials, CredentialsRelease> const credentials_;
};

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeTlsServerCredentials(TlsWatch const& watch,
                                                                  ClientCertificates clients) {
  return std::make_shared<WatchedCredentials>(watch, clients);
}

}  // namespace probefarm
