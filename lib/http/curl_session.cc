#include "lib/http/curl_session.h"

#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <utility>

namespace probefarm {
namespace {

constexpr long kReceiveBufferBytes = 128L << 10;

bool InitializeCurl() {
  static CURLcode const result = curl_global_init(CURL_GLOBAL_DEFAULT);
  return result == CURLE_OK;
}

absl::StatusCode StatusCodeOf(CURLcode code) {
  switch (code) {
    case CURLE_OPERATION_TIMEDOUT:
      return absl::StatusCode::kDeadlineExceeded;
    case CURLE_URL_MALFORMAT:
      return absl::StatusCode::kInvalidArgument;
    case CURLE_OUT_OF_MEMORY:
      return absl::StatusCode::kResourceExhausted;
    default:
      return absl::StatusCode::kUnavailable;
  }
}

}  // namespace

absl::Status CurlCodeToStatus(CURLcode code, absl::string_view detail) {
  if (code == CURLE_OK) return absl::OkStatus();
  return {StatusCodeOf(code), detail.empty() ? curl_easy_strerror(code) : detail};
}

absl::StatusOr<std::unique_ptr<CurlSession>> CurlSession::Make() {
  CurlEasy easy(InitializeCurl() ? curl_easy_init() : nullptr);
  CurlMulti multi(easy ? curl_multi_init() : nullptr);
  if (!multi) return absl::ResourceExhaustedError("libcurl cannot be initialized");
  return std::unique_ptr<CurlSession>(new CurlSession(std::move(easy), std::move(multi)));
}

CurlSession::CurlSession(CurlEasy easy, CurlMulti multi)
    : easy_(std::move(easy)), multi_(std::move(multi)) {}

void CurlSession::Prepare(CurlEndpoint const& endpoint) {
  CURL* const easy = easy_.get();
  curl_easy_reset(easy);
  opened_.clear();
  error_text_[0] = '\0';
  curl_easy_setopt(easy, CURLOPT_ERRORBUFFER, error_text_);
  curl_easy_setopt(easy, CURLOPT_NOSIGNAL, 1L);
  curl_easy_setopt(easy, CURLOPT_PROTOCOLS_STR, "http,https");
  curl_easy_setopt(easy, CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2);
  curl_easy_setopt(easy, CURLOPT_HTTP_VERSION, CURL_HTTP_VERSION_1_1);
  curl_easy_setopt(easy, CURLOPT_SUPPRESS_CONNECT_HEADERS, 1L);
  curl_easy_setopt(easy, CURLOPT_BUFFERSIZE, kReceiveBufferBytes);
  curl_easy_setopt(easy, CURLOPT_USERAGENT, endpoint.user_agent.c_str());
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETFUNCTION, &CurlSession::OpenSocket);
  curl_easy_setopt(easy, CURLOPT_OPENSOCKETDATA, this);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETFUNCTION, &CurlSession::CloseSocket);
  curl_easy_setopt(easy, CURLOPT_CLOSESOCKETDATA, this);
  if (endpoint.unix_socket_path.empty()) return;
  curl_easy_setopt(easy, CURLOPT_UNIX_SOCKET_PATH, endpoint.unix_socket_path.c_str());
  curl_easy_setopt(easy, CURLOPT_PROXY, "");
}

void CurlSession::TrustOnly(std::string const& ca) {
  curl_blob copied{const_cast<char*>(ca.data()), ca.size(), CURL_BLOB_COPY};
  curl_easy_setopt(easy_.get(), CURLOPT_CAINFO, nullptr);
  curl_easy_setopt(easy_.get(), CURLOPT_CAPATH, nullptr);
  curl_easy_setopt(easy_.get(), CURLOPT_CAINFO_BLOB, &copied);
}

bool CurlSession::HasInput() const {
  return std::any_of(opened_.begin(), opened_.end(), [](curl_socket_t socket) {
    pollfd state{socket, POLLIN, 0};
    return poll(&state, 1, 0) > 0;
  });
}

curl_socket_t CurlSession::OpenSocket(void* session, curlsocktype /*purpose*/,
                                      curl_sockaddr* address) {
  curl_socket_t const opened =
      socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
  if (opened != CURL_SOCKET_BAD) static_cast<CurlSession*>(session)->opened_.push_back(opened);
  return opened;
}

int CurlSession::CloseSocket(void* session, curl_socket_t socket) {
  std::vector<curl_socket_t>& opened = static_cast<CurlSession*>(session)->opened_;
  opened.erase(std::remove(opened.begin(), opened.end(), socket), opened.end());
  return close(socket);
}

}  // namespace probefarm
