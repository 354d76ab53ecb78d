#pragma once

#include <string>

#include "tests/testing/scripted_http_server.h"

namespace probefarm {

// A socket where something answers as a container engine does that holds nothing: enough for a
// worker to start and to wait for work, which it could not do. What would need an engine is
// answered 500.
class IdleEngine {
 public:
  // `path` is short, and not there yet.
  explicit IdleEngine(std::string const& path);

  // As the worker's `--engine` takes it.
  std::string address() const { return "unix://" + path_; }

 private:
  std::string const path_;
  ScriptedHttpServer server_;
};

}  // namespace probefarm
