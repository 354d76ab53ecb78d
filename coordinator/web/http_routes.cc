#include "coordinator/web/http_routes.h"

#include <utility>

namespace probefarm {

void HttpRoutes::Add(std::string path, std::unique_ptr<HttpHandler> handler) {
  handlers_[std::move(path)] = std::move(handler);
}

HttpRoutes::Match HttpRoutes::Find(std::string const& path) const {
  if (auto const whole = handlers_.find(path); whole != handlers_.end())
    return {whole->second.get(), whole->first, ""};
  for (size_t slash = path.rfind('/'); slash != std::string::npos && slash > 0;
       slash = path.rfind('/', slash - 1)) {
    auto const below = handlers_.find(path.substr(0, slash + 1));
    if (below != handlers_.end())
      return {below->second.get(), below->first, path.substr(slash + 1)};
  }
  return {};
}

}  // namespace probefarm
