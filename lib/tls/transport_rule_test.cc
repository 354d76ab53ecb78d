#include "lib/tls/transport_rule.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

constexpr absl::StatusCode kInvalid = absl::StatusCode::kInvalidArgument;
TlsFiles const kCa = {.ca = "ca.pem"};

TEST(Loopback, IsThisMachinesOwn) {
  for (char const* address : {"127.0.0.1:7600", "127.8.9.10:1", "localhost:7600", "LocalHost:0",
                              "[::1]:7600", "127.0.0.1"})
    EXPECT_TRUE(IsLoopback(address)) << address;
}

TEST(Loopback, IsNothingThatOnlyLooksLikeIt) {
  for (char const* address :
       {"0.0.0.0:7600", "[::]:7600", "10.0.0.1:7600", "128.0.0.1:1", "localhost.example:7600",
        "127.0.0.1.example:7600", "127.1:7600", "::1", "[::1:7600", "[127.0.0.1]:7600",
        "[::ffff:10.0.0.1]:7600", "farm:7600", "", ":7600", "unix:80", "dns:///localhost:7600"})
    EXPECT_FALSE(IsLoopback(address)) << address;
}

TEST(Loopback, IsAUnixSocketForGrpcOnly) {
  EXPECT_TRUE(IsLoopbackForGrpc("unix:/run/probefarm.sock"));
  EXPECT_TRUE(IsLoopbackForGrpc("unix-abstract:probefarm"));
  EXPECT_TRUE(IsLoopbackForGrpc("127.0.0.1:7600"));
  EXPECT_FALSE(IsLoopbackForGrpc("unix.example:7600"));
}

TEST(Host, IsWhatStandsBeforeThePort) {
  EXPECT_EQ(HostOf("farm.example:7600"), "farm.example");
  EXPECT_EQ(HostOf("[::1]:7600"), "[::1]");
  EXPECT_EQ(HostOf("farm"), "farm");
}

TEST(ClientTransport, IsPlainTextOnThisMachineOnlyUnlessAskedFor) {
  EXPECT_OK(CheckClientTransport("127.0.0.1:7600", {}));
  EXPECT_OK(CheckClientTransport("unix:/run/probefarm.sock", {}));
  EXPECT_THAT(CheckClientTransport("farm:7600", {}),
              StatusIs(kInvalid, AllOf(HasSubstr("farm:7600"), HasSubstr("--tls-ca"),
                                       HasSubstr("--insecure"))));
  EXPECT_OK(CheckClientTransport("farm:7600", {.insecure = true}));
  EXPECT_OK(CheckClientTransport("farm:7600", {.tls = kCa}));
}

TEST(ClientTransport, RefusesOptionsThatContradictOneAnother) {
  EXPECT_THAT(CheckClientTransport("farm:7600", {.tls = kCa, .insecure = true}),
              StatusIs(kInvalid, HasSubstr("--insecure")));
  EXPECT_THAT(CheckClientTransport("farm:7600", {.tls = {.certificate = "w.pem", .ca = "ca.pem"}}),
              StatusIs(kInvalid, HasSubstr("--tls-key")));
  EXPECT_THAT(CheckClientTransport("127.0.0.1:7600", {.tls = {"w.pem", "w.key", ""}}),
              StatusIs(kInvalid, HasSubstr("--tls-ca")));
}

TEST(ServerTransport, IsPlainTextOnlyWhereEveryAddressIsThisMachinesOwn) {
  EXPECT_OK(CheckServerTransport({.grpc = "127.0.0.1:1", .http = "[::1]:2"}));
  EXPECT_OK(CheckServerTransport({.grpc = "unix:/run/s", .http = "localhost:2"}));
  EXPECT_THAT(CheckServerTransport({.grpc = "0.0.0.0:1", .http = "127.0.0.1:2"}),
              StatusIs(kInvalid, AllOf(HasSubstr("--listen 0.0.0.0:1"), HasSubstr("--insecure"),
                                       HasSubstr("`tls`"))));
  EXPECT_THAT(CheckServerTransport({.grpc = "127.0.0.1:1", .http = "unix:2"}),
              StatusIs(kInvalid, HasSubstr("--http unix:2")));
}

TEST(ServerTransport, IsAnythingOnceSomebodySaidSo) {
  EXPECT_OK(CheckServerTransport({.grpc = "0.0.0.0:1", .http = "[::]:2", .insecure = true}));
  EXPECT_OK(CheckServerTransport({.grpc = "0.0.0.0:1", .http = "[::]:2", .tls = true}));
  EXPECT_THAT(CheckServerTransport(
                  {.grpc = "127.0.0.1:1", .http = "127.0.0.1:2", .tls = true, .insecure = true}),
              StatusIs(kInvalid, HasSubstr("contradict")));
}

}  // namespace
}  // namespace probefarm
