// From a kernel in a feed to an asset that anyone can download, everything on the way over TLS.
#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/farm/farm_certificates.h"

namespace probefarm {
namespace {

using testing::StartsWith;

class TlsPublishTest : public BuildingFarm {
 protected:
  FarmCertificates const certificates_{folder_ / "tls"};
};

TEST_F(TlsPublishTest, AProbeIsPublishedAndDownloaded) {
  std::string const id = engine_->WorkerId("w");
  ASSERT_OK(certificates_.SetUp({"--worker", id}));
  config_.more = certificates_.Config();
  farm_.UseTls(certificates_.ca());
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  std::vector<std::string> options = certificates_.PairOptions(id);
  options.insert(options.end(), {"--id", id});
  auto const worker = SmallFarm::StartWorker("w", options);
  nlohmann::json const job = BackfillOne({"--kind", "kmod"});
  ASSERT_OK(farm_.WaitForState(job["id"], "published")) << worker->errors();
  ASSERT_OK_AND_ASSIGN(nlohmann::json const probes, farm_.Ask({"probes"}));
  std::string const url = probes[0]["url"];
  EXPECT_THAT(url, StartsWith("https://"));
  ASSERT_OK_AND_ASSIGN(
      SubprocessResult const got,
      RunSubprocess({.argv = {"sh", "-c", "curl -sf --cacert \"$1\" \"$2\" | sha256sum", "sh",
                              certificates_.ca(), url}}));
  EXPECT_EQ(got.output, probes[0]["sha256"].get<std::string>() + "  -\n");
}

}  // namespace
}  // namespace probefarm
