#include "worker/engine/engine_address.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;

TEST(EngineAddress, IsAUnixSocket) {
  ASSERT_OK_AND_ASSIGN(std::string const path, EngineSocketPath("unix:///run/podman/podman.sock"));
  EXPECT_EQ(path, "/run/podman/podman.sock");
}

TEST(EngineAddress, IsNothingElse) {
  for (std::string const& address :
       {std::string(), std::string("/var/run/docker.sock"), std::string("tcp://localhost:2375"),
        std::string("ssh://host"), std::string("UNIX:///a"), std::string("unix://"),
        std::string("unix://run/a"), std::string("unix:///"), std::string("unix:///a\0b", 11),
        "unix:///" + std::string(200, 'x')}) {
    EXPECT_THAT(EngineSocketPath(address),
                StatusIs(absl::StatusCode::kInvalidArgument,
                         AllOf(HasSubstr(address), HasSubstr("unix:///var/run/docker.sock"))));
  }
}

}  // namespace
}  // namespace probefarm
