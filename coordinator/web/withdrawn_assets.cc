#include "coordinator/web/withdrawn_assets.h"

namespace probefarm {

HttpAnswer WithdrawnAssets::Answer(IncomingRequest const& request) {
  size_t const slash = request.rest.rfind('/');
  if (slash == std::string::npos) return rest_->Answer(request);
  std::optional<std::string> const why =
      why_gone_(request.rest.substr(0, slash), request.rest.substr(slash + 1));
  if (!why) return rest_->Answer(request);
  HttpAnswer gone = TextAnswer(410, *why);
  gone.headers.emplace_back("Cache-Control", "no-store");
  gone.headers.emplace_back("X-Content-Type-Options", "nosniff");
  return gone;
}

}  // namespace probefarm
