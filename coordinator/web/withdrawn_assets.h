#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

#include "coordinator/web/http_exchange.h"

namespace probefarm {

// /releases/download/<tag>/<file> in front of another handler: 410 with when and why for what was
// withdrawn and not published anew, in plain text; the handler's answer for all else. A loader sees
// it from the decision on, wherever the file is by then. Not to be cached: another build may take
// the name. Thread-safe.
class WithdrawnAssets final : public HttpHandler {
 public:
  // Why a file of a release is gone; nothing when it is not. Called on the server's threads; may
  // block for a while.
  using WhyGone =
      std::function<std::optional<std::string>(std::string const& tag, std::string const& file)>;

  WithdrawnAssets(std::unique_ptr<HttpHandler> rest, WhyGone why_gone)
      : rest_(std::move(rest)), why_gone_(std::move(why_gone)) {}
  HttpAnswer Answer(IncomingRequest const& request) override;

 private:
  std::unique_ptr<HttpHandler> const rest_;
  WhyGone const why_gone_;
};

}  // namespace probefarm
