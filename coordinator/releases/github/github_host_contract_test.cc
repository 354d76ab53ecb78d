#include <gtest/gtest.h>

#include "coordinator/releases/github/github_fixture.h"
#include "coordinator/releases/release_host_contract.h"

namespace probefarm {
namespace {

class GitHubUnderTest final : public ReleaseHostUnderTest {
 public:
  ReleaseHost& host() override { return *fixture_.host; }
  absl::Time Now() override { return fixture_.clock.Now(); }
  void AdvanceTo(absl::Time time) override { fixture_.clock.Advance(time - fixture_.clock.Now()); }
  UploadReport Perform(UploadGrant const& grant, std::string const& bytes) override {
    return fixture_.Perform(grant, bytes);
  }
  absl::StatusOr<std::string> Download(std::string const& tag, std::string const& file) override {
    return fixture_.Download("o/one", tag, file);
  }
  std::string Notes(std::string const& tag) override {
    std::optional<FakeRelease> const release = fixture_.github->Release("o/one", tag);
    return release ? release->body : "";
  }

 private:
  GitHubFixture fixture_;
};

INSTANTIATE_TEST_SUITE_P(GitHub, ReleaseHostContract, testing::Values(UnderContract([] {
                           return std::make_unique<GitHubUnderTest>();
                         })));

}  // namespace
}  // namespace probefarm
