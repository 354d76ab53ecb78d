#pragma once

#include <gtest/gtest.h>

#include <cstdint>
#include <string>
#include <vector>

#include "coordinator/releases/github/github_fixture.h"

namespace probefarm {

// Uploads of one worker through the host, and a look at what the fake GitHub has of them.
class GitHubHostFixture : public testing::Test {
 protected:
  static constexpr char kTag[] = "8.0.0+driver/x86_64";
  static constexpr char kName[] = "falco_debian_6.1.0-1-amd64_1.ko";
  static constexpr char kBytes[] = "probe";

  // To send kBytes under that name.
  static UploadIntent Intent(std::string const& name = kName, int64_t job = 7);
  static FakeAsset Asset(std::string const& name, std::string const& bytes = "x",
                         absl::Time created_at = absl::InfinitePast());

  GitHubHost& host() const { return *farm_.host; }
  // A fault, as ParseFakeFault() reads it.
  void Plant(std::string const& rule) const;
  // Fails the test, and returns one of no use, when none is given.
  UploadGrant Grant(UploadIntent const& intent);
  UploadOutcome Upload(UploadIntent const& intent);
  // The same; fails the test unless it is accepted.
  void Publish(UploadIntent const& intent);
  // A release with as many assets of any name.
  void FillRelease(std::string const& repository, int assets) const;
  int64_t Put(FakeAsset asset) const {
    return farm_.github->PutAsset("o/one", kTag, std::move(asset));
  }
  std::vector<FakeAsset> AssetsOf(std::string const& repository) const;

  GitHubFixture farm_;
};

}  // namespace probefarm
