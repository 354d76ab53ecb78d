// scripts/setup-tls: what it makes, keeps and renews.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/stat.h>

#include <filesystem>
#include <map>

#include "absl/time/clock.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"
#include "lib/tls/pem.h"
#include "tests/testing/farm/farm_certificates.h"

namespace probefarm {
namespace {

using testing::HasSubstr;

class SetupTlsTest : public testing::Test {
 protected:
  absl::Status SetUpTls(std::vector<std::string> const& arguments = {}) const {
    return certificates_.SetUp(arguments);
  }

  // Every file below the folder, with its content.
  std::map<std::string, std::string> Files() const {
    std::map<std::string, std::string> files;
    for (auto const& entry : std::filesystem::recursive_directory_iterator(folder_ / "tls"))
      if (entry.is_regular_file()) files[entry.path()] = ReadWholeFile(entry.path());
    return files;
  }

  static absl::Duration LeftOf(std::string const& file) {
    return NotAfter(*ParseCertificates(ReadWholeFile(file)).value().front()) - absl::Now();
  }

  TemporaryFolder const folder_;
  FarmCertificates const certificates_{folder_ / "tls"};
};

TEST_F(SetupTlsTest, ChangesNothingThatIsGood) {
  ASSERT_OK(SetUpTls({"--coordinator", "farm.example,10.0.0.5", "--worker", "w1"}));
  auto const before = Files();
  ASSERT_OK(SetUpTls({"--worker", "w1"}));
  ASSERT_OK(SetUpTls({"--coordinator", "farm.example,10.0.0.5"}));
  EXPECT_EQ(Files(), before);
}

TEST_F(SetupTlsTest, AddsWorkersLater) {
  ASSERT_OK(SetUpTls({"--worker", "w1"}));
  auto const before = Files();
  ASSERT_OK(SetUpTls({"--worker", "w2"}));
  auto after = Files();
  EXPECT_FALSE(after.at(certificates_.worker("w2") + ".pem").empty());
  std::erase_if(after,
                [](auto const& file) { return file.first.find("/w2.") != std::string::npos; });
  EXPECT_EQ(after, before);
}

TEST_F(SetupTlsTest, RenewsWhatEndsSoonAndKeepsItsKey) {
  ASSERT_OK(SetUpTls({"--worker", "w1", "--days", "29"}));
  auto const before = Files();
  ASSERT_OK(SetUpTls());
  auto const after = Files();
  for (std::string const& pair : {certificates_.coordinator(), certificates_.worker("w1")}) {
    EXPECT_NE(after.at(pair + ".pem"), before.at(pair + ".pem"));
    EXPECT_EQ(after.at(pair + ".key"), before.at(pair + ".key"));
    EXPECT_GT(LeftOf(pair + ".pem"), absl::Hours(24 * 360));
  }
  EXPECT_EQ(after.at(certificates_.ca()), before.at(certificates_.ca()));
}

TEST_F(SetupTlsTest, GivesTheCoordinatorNewNamesWithTheSameKey) {
  ASSERT_OK(SetUpTls({"--coordinator", "old.example"}));
  auto const before = Files();
  ASSERT_OK(SetUpTls({"--coordinator", "new.example"}));
  auto const after = Files();
  std::string const pair = certificates_.coordinator();
  EXPECT_NE(after.at(pair + ".pem"), before.at(pair + ".pem"));
  EXPECT_EQ(after.at(pair + ".key"), before.at(pair + ".key"));
}

TEST_F(SetupTlsTest, KeysAreTheirOwnersAlone) {
  ASSERT_OK(SetUpTls({"--worker", "w1"}));
  int keys = 0;
  for (auto const& [path, content] : Files()) {
    struct stat about {};
    ASSERT_EQ(stat(path.c_str(), &about), 0);
    bool const secret = content.find("PRIVATE KEY") != std::string::npos;
    EXPECT_EQ(about.st_mode & 0777U, secret ? 0600U : 0644U) << path;
    keys += secret ? 1 : 0;
  }
  EXPECT_EQ(keys, 3);
}

TEST_F(SetupTlsTest, RefusesNamesThatLeadElsewhere) {
  for (std::string const& id : {std::string("../w1"), std::string("a/b"), std::string("-w"),
                                std::string("w 1"), std::string(65, 'w'), std::string()})
    EXPECT_THAT(SetUpTls({"--worker", id}),
                StatusIs(absl::StatusCode::kUnknown, HasSubstr("--worker")))
        << id;
  EXPECT_THAT(SetUpTls({"--coordinator", "a b"}), StatusIs(absl::StatusCode::kUnknown));
  EXPECT_FALSE(std::filesystem::exists(folder_ / "tls"));
}

}  // namespace
}  // namespace probefarm
