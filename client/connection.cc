#include "client/connection.h"

#include <utility>

#include "absl/strings/str_cat.h"

namespace probefarm {

Connection::Connection(std::string address) : address_(std::move(address)) {
  std::shared_ptr<grpc::Channel> const channel = MakeChannel(address_);
  jobs_ = v1::JobService::NewStub(channel);
  catalog_ = v1::CatalogService::NewStub(channel);
}

absl::Status Connection::Explain(absl::Status const& status) const {
  if (!absl::IsUnavailable(status) && !absl::IsDeadlineExceeded(status)) return status;
  return absl::Status(
      status.code(),
      absl::StrCat("no coordinator answers at ", address_, " (", status.message(),
                   "): is it running? --coordinator or PROBEFARM_COORDINATOR names another"));
}

}  // namespace probefarm
