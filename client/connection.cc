#include "client/connection.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/status_macros.h"
#include "lib/tls/tls_credentials.h"

namespace probefarm {
namespace {

absl::StatusOr<std::shared_ptr<grpc::Channel>> Open(std::string const& address,
                                                    ClientTransport const& transport) {
  RETURN_IF_ERROR(CheckClientTransport(address, transport));
  if (transport.tls.ca.empty()) return MakeChannel(address);
  ASSIGN_OR_RETURN(TlsTexts texts, ReadTlsFiles(transport.tls));
  ASSIGN_OR_RETURN(TlsCredentials const tls,
                   CheckTlsTexts(transport.tls, std::move(texts), SystemClock().Now()));
  return MakeTlsChannel(address, tls);
}

}  // namespace

absl::StatusOr<std::unique_ptr<Connection>> Connection::Make(std::string address,
                                                             ClientTransport const& transport) {
  ASSIGN_OR_RETURN(std::shared_ptr<grpc::Channel> const channel, Open(address, transport));
  return std::unique_ptr<Connection>(new Connection(std::move(address), channel));
}

Connection::Connection(std::string address, std::shared_ptr<grpc::Channel> const& channel)
    : address_(std::move(address)),
      jobs_(v1::JobService::NewStub(channel)),
      catalog_(v1::CatalogService::NewStub(channel)) {}

absl::Status Connection::Explain(absl::Status const& status) const {
  if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) return status;
  return {status.code(),
          absl::StrCat("no coordinator answers at ", address_, " (", status.message(),
                       "): is it running, and is --tls-ca right for it? --coordinator or "
                       "PROBEFARM_COORDINATOR names another")};
}

}  // namespace probefarm
