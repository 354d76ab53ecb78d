#include "coordinator/web/listen_socket.h"

#include <gmock/gmock.h>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;

TEST(ListenSocket, FindsAFreePort) {
  ASSERT_OK_AND_ASSIGN(ListenSocket const socket, ListenSocket::Bind("127.0.0.1:0"));
  EXPECT_NE(socket.port(), 0);
}

TEST(ListenSocket, NamesTheAddressThatIsInUse) {
  ASSERT_OK_AND_ASSIGN(ListenSocket const first, ListenSocket::Bind("127.0.0.1:0"));
  std::string const address = absl::StrCat("127.0.0.1:", first.port());
  EXPECT_THAT(ListenSocket::Bind(address).status(),
              StatusIs(absl::StatusCode::kFailedPrecondition,
                       AllOf(HasSubstr(address), HasSubstr("address in use"))));
}

TEST(ListenSocket, RefusesWhatIsNoAddress) {
  for (char const* address : {"", "8080", ":8080", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
                              "127.0.0.1:-1", "127.0.0.1:http"})
    EXPECT_THAT(ListenSocket::Bind(address).status(),
                StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("ADDR:PORT")))
        << address;
}

TEST(ListenSocket, NamesTheHostThatDoesNotResolve) {
  EXPECT_THAT(ListenSocket::Bind("no such host:80").status(),
              StatusIs(absl::StatusCode::kUnavailable, HasSubstr("no such host:80")));
}

}  // namespace
}  // namespace probefarm
