#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/testing/github/call_kind.h"
#include "tests/testing/github/http_connection.h"

namespace probefarm::fake_github {

enum class Host { kApi, kUploads, kWeb, kStorage };
absl::string_view HostName(Host host);  // "api", …

// A request, understood. What a kind does not need is left empty.
struct Call {
  Host host = Host::kApi;
  RequestHead head;
  FakeCallKind kind = FakeCallKind::kAny;
  std::string path;                          // as sent, without the query
  std::map<std::string, std::string> query;  // decoded; the last of doubled ones
  std::string repository;                    // "o/r"; empty when `repository_id` is given
  int64_t repository_id = 0;                 // of /repositories/<id>/…
  int64_t release_id = 0;
  int64_t asset_id = 0;
  int64_t installation = 0;
  std::string tag;
  std::string file;  // an asset's name, or the path of a file of the contents API
  std::string body;
  std::string login;  // whose token it came with; "" for none
  absl::Time now;

  std::string Query(std::string const& name) const;
};

// What a request to `host` wants. kAny when there is no such call. Pure.
//
//   GET  /repos/o/r/releases/tags/8.0.0%2Fx86_64  kGetReleaseByTag, tag "8.0.0/x86_64"
//   GET  /repos/o/r/releases/tags/8.0.0/x86_64    kAny: a slash within a tag is %2F
//   POST /repos/o/r/releases/7/assets?name=a.o    kUpload, at the uploads host
Call RouteCall(Host host, RequestHead head);

// Null bytes and broken escapes stay as they are. `+` is a space only in a query.
std::string PercentDecode(absl::string_view text, bool query);
// Everything outside A-Z a-z 0-9 - . _ ~ becomes %XX.
std::string PercentEncode(absl::string_view text);

}  // namespace probefarm::fake_github
