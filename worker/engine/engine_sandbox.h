#pragma once

#include <functional>
#include <memory>
#include <ostream>
#include <string>
#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// An engine for tests, and how to take an image off it, which no program needs.
struct EngineUnderTest {
  std::function<absl::StatusOr<std::unique_ptr<ContainerEngine>>()> make;
  std::function<absl::Status(ContainerEngine&, std::string const& id)> remove_image;
};

// The engine that speaks Docker's API at a Unix socket.
EngineUnderTest EngineAt(std::string const& socket_path);

// Keeps addresses out of what GoogleTest prints.
void PrintTo(EngineUnderTest const& under_test, std::ostream* out);

// What one test makes on an engine: an image of its own with nothing but busybox, containers and
// volumes, all with the label io.probefarm.test and all removed at the end. Tests can run beside
// one another on one engine. Not thread-safe.
class EngineSandbox {
 public:
  // UNAVAILABLE when there is no static /bin/busybox (Debian package busybox-static).
  static absl::StatusOr<std::unique_ptr<EngineSandbox>> Make(EngineUnderTest const& under_test);
  ~EngineSandbox();

  EngineSandbox(EngineSandbox const&) = delete;
  EngineSandbox& operator=(EngineSandbox const&) = delete;

  ContainerEngine& engine() { return *engine_; }
  std::string const& image() const { return image_; }

  // A name that no other test has.
  // NOLINTNEXTLINE(readability-convert-member-functions-to-static)
  std::string Unique(std::string const& name) const;
  // A sealed container that runs a busybox shell script as uid 1000, who owns /data.
  ContainerSpec Script(std::string const& name, std::string const& script) const;
  absl::StatusOr<std::string> Create(ContainerSpec const& spec);
  absl::Status CreateVolume(std::string const& name);

 private:
  EngineSandbox(EngineUnderTest under_test, std::unique_ptr<ContainerEngine> engine);
  absl::Status LoadBusybox();

  EngineUnderTest const under_test_;
  std::unique_ptr<ContainerEngine> const engine_;
  std::string image_;
  std::vector<std::string> containers_;
  std::vector<std::string> volumes_;
};

inline constexpr char kTestLabel[] = "io.probefarm.test";

// A source and a sink for archives in memory. The source's bytes must outlive it.
BodySource SourceOf(std::string const& bytes);
BodySink SinkInto(std::string& bytes);

}  // namespace probefarm
