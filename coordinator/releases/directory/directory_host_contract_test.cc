#include <gtest/gtest.h>

#include <memory>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/directory/directory_host.h"
#include "coordinator/releases/release_host_contract.h"
#include "coordinator/web/http_server.h"
#include "coordinator/web/release_pages.h"
#include "coordinator/web/upload_endpoint.h"
#include "lib/driver/asset_name.h"
#include "lib/files/temporary_folder.h"
#include "lib/http/http_client.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/fake_clock.h"

namespace probefarm {
namespace {

// The directory host behind the coordinator's HTTP server, asked by the worker's HTTP client.
class DirectoryUnderTest final : public ReleaseHostUnderTest {
 public:
  DirectoryUnderTest() {
    ListenSocket socket = ListenSocket::Bind("127.0.0.1:0").value();
    url_ = absl::StrCat("http://127.0.0.1:", socket.port());
    host_ = DirectoryHost::Open({.root = root_.path(), .public_url = url_}, &clock_).value();
    HttpRoutes routes;
    routes.Add(UploadEndpoint::kRoute, std::make_unique<UploadEndpoint>(host_.get()));
    routes.Add(ReleasePages::kRoute, std::make_unique<ReleasePages>(host_.get()));
    server_ = HttpServer::Start(std::move(socket), std::move(routes), {}, std::nullopt, &metrics_)
                  .value();
  }

  ReleaseHost& host() override { return *host_; }
  absl::Time Now() override { return clock_.Now(); }
  void AdvanceTo(absl::Time time) override { clock_.Advance(time - clock_.Now()); }

  UploadReport Perform(UploadGrant const& grant, std::string const& bytes) override {
    HttpRequest request{.method = grant.method, .url = grant.url, .body = bytes};
    for (auto const& [name, value] : grant.headers) request.headers.emplace_back(name, value);
    absl::StatusOr<HttpResponse> response = client_->Send(request);
    if (!response.ok()) return {.error = response.status().ToString()};
    return {.http_status = response->status, .headers = response->headers, .body = response->body};
  }

  absl::StatusOr<std::string> Download(std::string const& tag, std::string const& file) override {
    std::string const what = absl::StrCat(tag, "/", file);
    absl::StatusOr<HttpResponse> response =
        client_->Send({.url = absl::StrCat(url_, ReleasePages::kRoute, EncodeUrlPath(what))});
    if (!response.ok()) return response.status();
    if (response->status != 200) return HttpStatusToStatus(*response, what);
    return response->body;
  }

  std::string Notes(std::string const& tag) override {
    return Download(tag, "NOTES.md").value_or("");
  }

 private:
  TemporaryFolder root_;
  FakeClock clock_;
  Metrics metrics_;
  std::string url_;
  std::unique_ptr<DirectoryHost> host_;
  std::unique_ptr<HttpClient> const client_ = MakeHttpClient("probefarm-test");
  std::unique_ptr<HttpServer> server_;
};

INSTANTIATE_TEST_SUITE_P(Directory, ReleaseHostContract, testing::Values(UnderContract([] {
                           return std::make_unique<DirectoryUnderTest>();
                         })));

}  // namespace
}  // namespace probefarm
