#include "coordinator/web/mhd_answer.h"

#include <microhttpd.h>

#include <algorithm>
#include <memory>

namespace probefarm {
namespace {

struct ResponseDeleter {
  void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};
using Response = std::unique_ptr<MHD_Response, ResponseDeleter>;

Response FromText(std::string& body) {
  return Response(MHD_create_response_from_buffer(body.size(), body.data(), MHD_RESPMEM_MUST_COPY));
}

Response FromFile(FileBody& file) {
  Response response(MHD_create_response_from_fd_at_offset64(
      static_cast<uint64_t>(file.length), file.fd.get(), static_cast<uint64_t>(file.offset)));
  if (response != nullptr) file.fd.Release();
  return response;
}

Response MakeResponse(HttpAnswer& answer) {
  // A file of no bytes has nothing that sendfile(2) could send.
  bool const from_file = answer.file.has_value() && answer.file->length > 0;
  return from_file ? FromFile(*answer.file) : FromText(answer.body);
}

bool AddHeaders(MHD_Response* response, HttpAnswer const& answer) {
  return std::all_of(answer.headers.begin(), answer.headers.end(), [&](auto const& header) {
    return MHD_add_response_header(response, header.first.c_str(), header.second.c_str()) ==
           MHD_YES;
  });
}

}  // namespace

bool QueueAnswer(MHD_Connection* connection, HttpAnswer answer) {
  Response const response = MakeResponse(answer);
  if (response == nullptr || !AddHeaders(response.get(), answer)) return false;
  return MHD_queue_response(connection, static_cast<unsigned>(answer.status), response.get()) ==
         MHD_YES;
}

}  // namespace probefarm
