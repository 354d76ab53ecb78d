#include "coordinator/server_tls.h"

#include <utility>

#include "lib/rpc/tls_server_credentials.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<std::unique_ptr<ServerTls>> ServerTls::Open(TlsFiles const& files,
                                                           Clock const& clock, Metrics& metrics) {
  ASSIGN_OR_RETURN(std::unique_ptr<TlsWatch> watch, TlsWatch::Open(files, clock));
  if (files.ca.empty()) {
    Log(LogLevel::kWarning,
        "tls.client_ca is not set: whoever reaches the gRPC port can work for the farm");
  }
  std::unique_ptr<ServerTls> tls(new ServerTls(std::move(watch), metrics, !files.ca.empty()));
  tls->ShowEnd();
  return tls;
}

ServerTls::ServerTls(std::unique_ptr<TlsWatch> watch, Metrics& metrics, bool identifies_workers)
    : watch_(std::move(watch)),
      metrics_(metrics),
      identifies_workers_(identifies_workers),
      https_(watch_->current()) {}

std::shared_ptr<grpc::ServerCredentials> ServerTls::GrpcCredentials() const {
  return MakeTlsServerCredentials(*watch_, identifies_workers_
                                               ? ClientCertificates::kVerifiedIfGiven
                                               : ClientCertificates::kNotAsked);
}

HttpsPair ServerTls::Pair() const { return {https_->pem.certificate, https_->pem.key}; }

void ServerTls::RunOnce(HttpServer& http) {
  http.FreeRetired();
  watch_->RunOnce();
  std::shared_ptr<TlsCredentials const> now = watch_->current();
  if (now == https_) return;
  absl::Status const used = http.UsePair({now->pem.certificate, now->pem.key});
  if (!used.ok()) {
    Log(LogLevel::kError, "HTTP goes on with the old certificate", {{"error", used.ToString()}});
    return;
  }
  https_ = std::move(now);
  ShowEnd();
}

void ServerTls::ShowEnd() {
  metrics_.Set("probefarm_tls_certificate_ends_seconds",
               "When the certificate of both ports ends, in seconds since 1970", {},
               static_cast<double>(absl::ToUnixSeconds(https_->not_after)));
}

}  // namespace probefarm
