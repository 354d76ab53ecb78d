#include "coordinator/web/asset_redirects.h"

#include "coordinator/web/file_answer.h"

namespace probefarm {

HttpAnswer AssetRedirects::Answer(IncomingRequest const& request) {
  size_t const slash = request.rest.rfind('/');
  if (slash == std::string::npos) return TextAnswer(404, "there is no such file");
  absl::StatusOr<std::string> const url =
      url_of_(request.rest.substr(0, slash), request.rest.substr(slash + 1));
  if (!url.ok()) return FileErrorAnswer(url.status());
  HttpAnswer answer = TextAnswer(302, *url);
  answer.headers.emplace_back("Location", *url);
  return answer;
}

}  // namespace probefarm
