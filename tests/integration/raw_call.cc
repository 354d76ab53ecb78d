#include "tests/integration/raw_call.h"

#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/support/byte_buffer.h>

#include <future>
#include <vector>

#include "lib/rpc/channel.h"
#include "lib/rpc/status.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr absl::Duration kTimeout = absl::Seconds(10);

absl::StatusOr<std::string> TextOf(grpc::ByteBuffer const& message) {
  std::vector<grpc::Slice> slices;
  RETURN_IF_ERROR(FromGrpc(message.Dump(&slices)));
  std::string text;
  for (grpc::Slice const& slice : slices)
    text.append(reinterpret_cast<char const*>(slice.begin()), slice.size());
  return text;
}

}  // namespace

absl::StatusOr<std::string> RawCall(std::string const& address, std::string const& method,
                                    std::string const& request) {
  grpc::GenericStub stub(MakeChannel(address));
  grpc::ClientContext context;
  SetDeadline(context, kTimeout);
  grpc::Slice const slice(request);
  grpc::ByteBuffer const sent(&slice, 1);
  grpc::ByteBuffer received;
  std::promise<grpc::Status> done;
  stub.UnaryCall(&context, method, grpc::StubOptions(), &sent, &received,
                 [&done](grpc::Status status) { done.set_value(std::move(status)); });
  RETURN_IF_ERROR(FromGrpc(done.get_future().get()));
  return TextOf(received);
}

}  // namespace probefarm
