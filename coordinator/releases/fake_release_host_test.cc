#include "coordinator/releases/fake_release_host.h"

#include <gmock/gmock.h>

#include "coordinator/releases/release_host_contract.h"
#include "lib/runtime/fake_clock.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class FakeUnderTest final : public ReleaseHostUnderTest {
 public:
  ReleaseHost& host() override { return host_; }
  UploadReport Perform(UploadGrant const& grant, std::string const& bytes) override {
    return host_.Perform(grant, bytes);
  }
  absl::StatusOr<std::string> Download(std::string const& tag, std::string const& file) override {
    std::optional<std::string> bytes = host_.Asset(tag, file);
    if (!bytes) bytes = host_.SideFile(tag, file);
    if (!bytes) return absl::NotFoundError(file);
    return *std::move(bytes);
  }
  std::string Notes(std::string const& tag) override {
    return host_.SideFile(tag, "NOTES.md").value_or("");
  }
  absl::Time Now() override { return clock_.Now(); }
  void AdvanceTo(absl::Time time) override { clock_.Advance(time - clock_.Now()); }

 private:
  FakeClock clock_;
  FakeReleaseHost host_{&clock_};
};

INSTANTIATE_TEST_SUITE_P(Fake, ReleaseHostContract, testing::Values(UnderContract([] {
                           return std::make_unique<FakeUnderTest>();
                         })));

}  // namespace
}  // namespace probefarm
