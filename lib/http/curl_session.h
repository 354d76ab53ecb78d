#pragma once

#include <curl/curl.h>

#include <memory>
#include <string>
#include <type_traits>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"

namespace probefarm {

// libcurl's handles, each freed by the function that the API has for it.
template <auto kFree>
struct CurlFree {
  template <class T>
  void operator()(T* handle) const {
    kFree(handle);
  }
};
using CurlEasy = std::unique_ptr<CURL, CurlFree<curl_easy_cleanup>>;
using CurlMulti = std::unique_ptr<CURLM, CurlFree<curl_multi_cleanup>>;
using CurlList = std::unique_ptr<curl_slist, CurlFree<curl_slist_free_all>>;
using CurlUrl = std::unique_ptr<CURLU, CurlFree<curl_url_cleanup>>;
using CurlString = std::unique_ptr<char, CurlFree<curl_free>>;

// What a failed transfer means: DEADLINE_EXCEEDED, INVALID_ARGUMENT (the URL), RESOURCE_EXHAUSTED
// (memory), otherwise UNAVAILABLE. `detail` is libcurl's own text, which may be empty.
absl::Status CurlCodeToStatus(CURLcode code, absl::string_view detail);

// Where a client's connections go, and what it calls itself.
struct CurlEndpoint {
  std::string user_agent;
  std::string unix_socket_path;  // empty: TCP, to the URL's host
};

// What one transfer after the other runs on: libcurl's handles and the connections that they keep
// open. Used by one thread at a time, which need not be the same each time. Neither copied nor
// moved: libcurl holds its address.
class CurlSession {
 public:
  // RESOURCE_EXHAUSTED when libcurl has no memory. The first call initializes libcurl for the
  // process. Thread-safe.
  static absl::StatusOr<std::unique_ptr<CurlSession>> Make();

  // Owned by this.
  CURL* easy() { return easy_.get(); }
  CURLM* multi() { return multi_.get(); }
  // libcurl's words for the last error since Prepare(); empty without one.
  char const* error_text() const { return error_text_; }

  // Forgets the options of the last transfer and sets those that all transfers share: HTTP/1.1 over
  // http and https only (TLS 1.2 or later), no signals, and for a Unix socket no proxy, whatever
  // the environment says. Open connections stay. `endpoint` is copied.
  void Prepare(CurlEndpoint const& endpoint);

  // Of https, after Prepare(): the server's certificate must come from one of these authorities
  // (PEM), and not from one of the system's.
  void TrustOnly(std::string const& ca);

  // Whether something has come in on a connection opened since Prepare() that libcurl has not read.
  // Does not block.
  bool HasInput() const;

 private:
  CurlSession(CurlEasy easy, CurlMulti multi);

  // libcurl's callbacks, which keep `opened_` and are otherwise what it does by itself.
  static curl_socket_t OpenSocket(void* session, curlsocktype purpose, curl_sockaddr* address);
  static int CloseSocket(void* session, curl_socket_t socket);

  char error_text_[CURL_ERROR_SIZE] = {};  // libcurl writes here
  std::vector<curl_socket_t> opened_;      // since Prepare(), and not closed yet
  CurlEasy easy_;
  CurlMulti multi_;  // closes the connections, which calls CloseSocket()
};

}  // namespace probefarm
