#pragma once

#include <gtest/gtest.h>

#include <functional>
#include <memory>
#include <ostream>
#include <string>

#include "absl/status/statusor.h"
#include "coordinator/releases/release_host.h"

namespace probefarm {

// A release host, empty at first, and what stands around it.
class ReleaseHostUnderTest {
 public:
  virtual ~ReleaseHostUnderTest() = default;
  virtual ReleaseHost& host() = 0;
  // What a worker does: performs the grant's HTTP request with `bytes` as the body.
  virtual UploadReport Perform(UploadGrant const& grant, std::string const& bytes) = 0;
  // What anyone does: reads an asset or a side file.
  virtual absl::StatusOr<std::string> Download(std::string const& tag, std::string const& file) = 0;
  // What people see beside the release's files; empty: nothing.
  virtual std::string Notes(std::string const& tag) = 0;
  virtual absl::Time Now() = 0;
  // Lets time pass, for a host that wants to be left alone.
  virtual void AdvanceTo(absl::Time time) = 0;
};

// How the suite makes a new host for each of its tests.
struct ReleaseHostMaker {
  std::function<std::unique_ptr<ReleaseHostUnderTest>()> make;
};

// Defined beside the tests, so that the linker takes them out of their library, which nothing else
// refers to.
ReleaseHostMaker UnderContract(std::function<std::unique_ptr<ReleaseHostUnderTest>()> make);
// Keeps addresses out of what GoogleTest prints.
void PrintTo(ReleaseHostMaker const& maker, std::ostream* out);

// What every release host promises; see release_host.h. One instantiation for each:
//
//   INSTANTIATE_TEST_SUITE_P(Directory, ReleaseHostContract,
//                            testing::Values(UnderContract(&MakeDirectory)));
class ReleaseHostContract : public testing::TestWithParam<ReleaseHostMaker> {
 protected:
  ReleaseHostContract();

  // The intent of a worker that has `bytes` to publish.
  static UploadIntent Intent(std::string const& file_name, std::string const& bytes,
                             std::string const& tag = "8.0.0+driver/x86_64");
  // Prepares and expects a grant.
  UploadGrant Grant(UploadIntent const& intent);
  // Grant, request and interpretation, expecting that each goes well.
  void Publish(UploadIntent const& intent, std::string const& bytes);

  ReleaseHost& host() { return under_test_->host(); }

  std::unique_ptr<ReleaseHostUnderTest> const under_test_;
};

}  // namespace probefarm
