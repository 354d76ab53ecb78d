#include "coordinator/releases/github/pacing/request_kind.h"

namespace probefarm {
namespace {

constexpr int64_t kUploadPoints = 2;
constexpr int64_t kRefusedUploadPoints = 3;

}  // namespace

absl::string_view NameOf(RequestKind kind) {
  switch (kind) {
    case RequestKind::kRead:
      return "read";
    case RequestKind::kConditionalRead:
      return "conditional_read";
    case RequestKind::kWrite:
      return "write";
    case RequestKind::kUpload:
      return "upload";
  }
  return "unknown";
}

bool IsRead(RequestKind kind) {
  return kind == RequestKind::kRead || kind == RequestKind::kConditionalRead;
}

int64_t SecondaryPoints(RequestKind kind) { return IsRead(kind) ? 1 : 5; }

int64_t PrimaryPointsHeld(RequestKind kind) {
  return kind == RequestKind::kUpload ? kRefusedUploadPoints : 1;
}

int64_t PrimaryPoints(RequestKind kind, int http_status) {
  if (kind == RequestKind::kConditionalRead && http_status == 304) return 0;
  if (kind == RequestKind::kUpload && http_status != 0 && http_status != 422) return kUploadPoints;
  return PrimaryPointsHeld(kind);
}

}  // namespace probefarm
