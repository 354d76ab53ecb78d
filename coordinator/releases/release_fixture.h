#pragma once

#include <gtest/gtest.h>

#include <string>

#include "coordinator/releases/fake_release_host.h"
#include "coordinator/store/memory/memory_store.h"
#include "lib/metrics/metrics.h"
#include "lib/runtime/fake_clock.h"

namespace probefarm {

// A store, a release host and probes that went the whole way from the queue into both.
class ReleaseFixture : public testing::Test {
 protected:
  // Of every probe that Publish() makes.
  static constexpr char kTag[] = "8.0.0+driver/x86_64";

  ReleaseFixture();

  // Publishes a probe for the kernel release `kernel` with `bytes`, whose asset is "<kernel>.o" …
  void Publish(std::string const& kernel, std::string const& bytes);
  // … or has another name.
  void PublishAs(std::string const& name, std::string const& kernel, std::string const& bytes);
  // What the build of an asset said.
  static std::string LogOf(std::string const& name) { return "made " + name + "\n"; }
  // What the catalog has of an asset.
  PublishedAsset Recorded(std::string const& name);

  FakeClock clock_;
  Metrics metrics_;
  MemoryStore store_{clock_};
  FakeReleaseHost host_{&clock_};

 private:
  // Takes the one job of the queue up to VERIFYING.
  Job Upload(std::string const& sha256, int64_t size, std::string const& log);
};

}  // namespace probefarm
