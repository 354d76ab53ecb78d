#pragma once

#include <cstdint>
#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "tests/testing/github/call_kind.h"

namespace probefarm {

// What goes wrong. The name in quotes is the one in a rule.
enum class FakeFaultEffect {
  // The connection.
  kDrop,            // "drop": hangs up before anything is done
  kCommitThenDrop,  // "commit-drop": does it, then hangs up without an answer
  kStall,           // "stall": reads the request and never answers
  kSlowBody,        // "slow": the true answer, `bytes` (1) at a time, `delay` (100 ms) apart
  kEndlessBody,     // "endless": 200 and a JSON string that never ends
  kTruncatedJson,   // "truncated": half of the true body, with the Content-Length of that half
  kLengthTooLong,   // "length-long": Content-Length promises more than comes
  kLengthTooShort,  // "length-short": Content-Length promises less than comes

  // The answer, nothing is done.
  kBadGateway,         // "502": HTML
  kBadGatewayStarter,  // "502-starter": of an upload; reads it, leaves a `starter` asset; HTML
  kEarlyAnswer,        // "early": of an upload; `status` (422 without `errors`) after `bytes` (1)
  kNotFound,           // "404"
  kStatus,             // "status": `status` (500), with a JSON body that has `text` as its message
  kHtml,               // "html": `status` (500) with an HTML body
  kRetryAfter,         // "403-retry-after": secondary limit, retry-after: `delay` (60 s)
  kExhausted,          // "403-reset": x-ratelimit-remaining: 0, reset in `delay` (60 s)
  kBareForbidden,      // "403-bare": secondary limit by its message alone; no header says when
  kTooManyRequests,    // "429": retry-after: `delay` (60 s)
  kBareTooMany,        // "429-bare": no header says when
  kImmutable,          // "immutable": 422, no `errors`
  kExpireToken,  // "expire-token": the token of this call ends now: 401, for it and from now on

  // The answer, after it is done.
  kNoErrors,     // "no-errors": an error's `errors` are left out
  kLoopingLink,  // "link-loop": Link: next is this very page
  kForeignLink,  // "link-foreign": Link: next is at `text` (the storage listener), another host
  kRedirect,  // "redirect": 302 to `text` (the storage listener), which counts what comes; not done

  // What is made by this call.
  kNullDigest,  // "null-digest": of an uploaded asset
  kNoDigest,    // "no-digest": the field is missing
  kState,       // "state": `text` ("processing") is the asset's state
};

// A fault and when it strikes: among the calls of `kind` whose path (with query, as sent) matches
// `path`, the first `skip` pass, then every `every`th is struck with `probability`, at most `times`
// times. Of several that fit, the one planted first strikes, alone.
struct FakeFault {
  FakeFaultEffect effect = FakeFaultEffect::kBadGateway;
  FakeCallKind kind = FakeCallKind::kAny;
  std::string path;  // RE2, found anywhere in the path; empty: all
  int times = 1;     // 0: for ever
  int skip = 0;
  int every = 1;
  double probability = 1;  // drawn from `seed`
  uint64_t seed = 1;
  int status = 0;                               // 0: the effect's own
  int64_t bytes = 0;                            // 0: the effect's own
  absl::Duration delay = absl::ZeroDuration();  // zero: the effect's own
  std::string text;                             // empty: the effect's own
};

// A rule is a list of words: the effect, then what differs from the defaults above.
//
//   "502-starter kind=upload"
//   "403-reset delay=120s times=0 every=50"
//   "early kind=upload status=422 bytes=65536 path=assets\?name=a"
//   "slow kind=download-asset bytes=10 delay=50ms probability=0.1 seed=7"
//
// INVALID_ARGUMENT names the word. Pure.
absl::StatusOr<FakeFault> ParseFakeFault(absl::string_view rule);

}  // namespace probefarm
