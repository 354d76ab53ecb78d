#include "lib/rpc/status.h"

#include <string>

namespace probefarm {

grpc::Status ToGrpc(absl::Status const& status) {
  if (status.ok()) return grpc::Status::OK;
  return {static_cast<grpc::StatusCode>(status.raw_code()), std::string(status.message())};
}

absl::Status FromGrpc(grpc::Status const& status) {
  if (status.ok()) return absl::OkStatus();
  return {static_cast<absl::StatusCode>(status.error_code()), status.error_message()};
}

}  // namespace probefarm
