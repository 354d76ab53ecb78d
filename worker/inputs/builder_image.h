#pragma once

#include <functional>

#include "absl/status/status.h"
#include "lib/build/build_spec.h"
#include "worker/engine/container_engine.h"
#include "worker/inputs/input_cache.h"
#include "worker/inputs/keyed_lock.h"

namespace probefarm {

// Brings builder images into the engine. Thread-safe: of several builds that need an image one
// loads it and the others wait.
class BuilderImages {
 public:
  // Both outlive this.
  BuilderImages(ContainerEngine* engine, InputCache* cache);

  // The engine has the image when this is OK; its archive is fetched only when the engine has not.
  // An image stays in the engine: removing it is an operator's business. `cancelled` and `progress`
  // may be null. Blocks; loading is not cancelled half way.
  //
  // FAILED_PRECONDITION: the archive holds another image than its id says; CANCELLED; else the
  // errors of InputCache::Fetch() and of the engine.
  absl::Status Ensure(ImageInput const& image, std::function<bool()> const& cancelled,
                      ProgressSink const& progress);

 private:
  absl::Status Load(ImageInput const& image, std::function<bool()> const& cancelled,
                    ProgressSink const& progress);

  ContainerEngine* const engine_;
  InputCache* const cache_;
  KeyedLock loading_;  // by image id
};

}  // namespace probefarm
