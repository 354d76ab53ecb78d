#include "coordinator/api/peer_identity.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "coordinator/api/session_token.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::SizeIs;
using Names = std::vector<std::string>;

constexpr absl::StatusCode kDenied = absl::StatusCode::kPermissionDenied;
constexpr absl::StatusCode kUnauthenticated = absl::StatusCode::kUnauthenticated;

TEST(WorkerIdentity, IsAnyNameOfTheCertificate) {
  Names const names = {"w1", "w1.farm.example", "spiffe://farm/w1"};
  for (std::string const& name : names) EXPECT_OK(CheckWorkerId(names, name));
}

TEST(WorkerIdentity, ARefusalNamesBoth) {
  EXPECT_THAT(
      CheckWorkerId({"w2", "w2.example"}, "w1"),
      StatusIs(kDenied, HasSubstr("worker w1 came with the certificate of w2, w2.example:")));
}

TEST(WorkerIdentity, IsComparedByteForByte) {
  for (char const* name : {"W1", "w1 ", "w", "w11", "*", "*.example"})
    EXPECT_THAT(CheckWorkerId({name}, "w1"), StatusIs(kDenied)) << name;
  EXPECT_THAT(CheckWorkerId({std::string("w1\0x", 4)}, "w1"), StatusIs(kDenied));
  EXPECT_THAT(CheckWorkerId({"*.example"}, "w1.example"), StatusIs(kDenied));
}

TEST(WorkerIdentity, NobodyIsAnyone) {
  EXPECT_THAT(CheckWorkerId({}, "w1"), StatusIs(kUnauthenticated, HasSubstr("--tls-cert")));
  EXPECT_THAT(CheckWorkerId({}, ""), StatusIs(kUnauthenticated));
  EXPECT_THAT(CheckSession({}, NewSessionToken("")), StatusIs(kUnauthenticated));
}

TEST(WorkerIdentity, ARefusalIsBoundedAndEscaped) {
  Names const many(100, std::string(1000, 'n'));
  absl::Status const refused = CheckWorkerId(many, std::string(1000, 'w'));
  EXPECT_THAT(std::string(refused.message()), SizeIs(testing::Lt(1500U)));
  EXPECT_THAT(CheckWorkerId({"a\nb"}, "w"), StatusIs(kDenied, Not(HasSubstr("\n"))));
}

TEST(SessionOwner, IsTheWorkerThatOpenedIt) {
  std::string const session = NewSessionToken("w1");
  EXPECT_OK(CheckSession({"w1"}, session));
  EXPECT_OK(CheckSession({"build1.example", "w1"}, session));
  EXPECT_THAT(CheckSession({"w2"}, session), StatusIs(kDenied, HasSubstr("that of w2")));
}

TEST(SessionOwner, IsNobodyForWhatIsNoSession) {
  std::string const session = NewSessionToken("w1");
  for (std::string const& forged :
       {std::string(), std::string("x"), session.substr(0, 32), absl::StrCat(session, "0"),
        absl::StrCat(session.substr(0, 32), std::string(32, '0'))})
    EXPECT_THAT(CheckSession({"w1"}, forged), StatusIs(kDenied)) << forged;
}

TEST(SessionToken, TwoOfOneWorkerHaveNothingInCommon) {
  std::string const one = NewSessionToken("w1");
  std::string const two = NewSessionToken("w1");
  EXPECT_NE(one.substr(0, 32), two.substr(0, 32));
  EXPECT_NE(one.substr(32), two.substr(32));
}

}  // namespace
}  // namespace probefarm
