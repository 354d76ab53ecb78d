#include "coordinator/api/retry_delay.h"

#include <algorithm>

#include "absl/strings/str_cat.h"

namespace probefarm {

void AskToComeBack(grpc::CallbackServerContext& context, absl::Duration delay) {
  int64_t const millis = std::max<int64_t>(1, absl::ToInt64Milliseconds(delay));
  context.AddTrailingMetadata("grpc-retry-pushback-ms", absl::StrCat(millis));
}

}  // namespace probefarm
