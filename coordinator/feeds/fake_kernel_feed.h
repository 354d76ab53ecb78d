#pragma once

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "coordinator/feeds/kernel_feed.h"

namespace probefarm {

// A feed that lists what a test says, until it says otherwise. Not thread-safe. An empty list
// before it says anything.
class FakeKernelFeed final : public KernelFeed {
 public:
  explicit FakeKernelFeed(std::string name) : name_(std::move(name)) {}

  // The answer of every Fetch() from now on; an error too.
  void List(absl::StatusOr<std::vector<Kernel>> kernels) { kernels_ = std::move(kernels); }

  std::string const& name() const override { return name_; }
  absl::StatusOr<std::vector<Kernel>> Fetch() override { return kernels_; }

 private:
  std::string const name_;
  absl::StatusOr<std::vector<Kernel>> kernels_ = std::vector<Kernel>();
};

// A package index in memory. Not thread-safe. One package a suite.
class FakePackageIndex final : public PackageIndex {
 public:
  void Put(std::string const& suite, Input package) { packages_[suite] = std::move(package); }
  // Every question is answered with this, unless it is OK.
  void FailWith(absl::Status status) { failure_ = std::move(status); }

  // The suite's one package, whatever it is called.
  absl::StatusOr<Input> FindPackage(std::string const& suite, std::string const& package) override {
    if (!failure_.ok()) return failure_;
    auto const found = packages_.find(suite);
    if (found != packages_.end()) return found->second;
    return absl::NotFoundError(absl::StrCat("no package ", package, " in ", suite));
  }

 private:
  absl::Status failure_;
  std::map<std::string, Input> packages_;
};

}  // namespace probefarm
