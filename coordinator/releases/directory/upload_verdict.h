#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "coordinator/releases/release_host.h"

namespace probefarm {

// How the directory host answers an upload. Both ends of the exchange stand here: the statuses that
// receiving gives, and what they mean when a worker reports them.
//
//   201 stored            200 the same bytes are there     -> UploadAccepted
//   410 token unknown, used or expired                     -> UploadRetry
//   422 other bytes than announced: damaged on the way     -> UploadRetry
//   409 the name holds other bytes                         -> UploadRefused
//   507 no room                                            -> WaitUntil
//   5xx trouble here, 0 no answer, 404 not our answer      -> UploadRetry
//   anything else (a proxy's)                              -> WaitUntil
// The body is one JSON object; nothing in the interpretation depends on it, as it comes back
// through a worker.
struct UploadVerdict {
  int http_status = 0;
  std::string json;
};

// 201, or 200 when `there_before`: {"name","size","digest":"sha256:…","url"}.
UploadVerdict StoredVerdict(HostedAsset const& asset, bool there_before);
// {"error": why}.
UploadVerdict ErrorVerdict(int http_status, absl::string_view why);
// 507 for RESOURCE_EXHAUSTED, 500 otherwise. The caller logs the status: the client is told no
// paths.
UploadVerdict TroubleVerdict(absl::Status const& status);

// A WaitUntil is for a minute. `why` quotes the beginning of the body, escaped. Pure.
UploadOutcome InterpretVerdict(std::string const& asset_name, UploadReport const& report,
                               absl::Time now);

}  // namespace probefarm
