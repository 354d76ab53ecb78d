#pragma once

#include <string>

#include "worker/engine/container_engine.h"

namespace probefarm {

// Removes a container, by force, at the end of a scope. What cannot be removed is logged; the
// leftovers of the next start take it. Not thread-safe.
class ScopedContainer {
 public:
  // `engine` outlives this. `id` is of a container that was created.
  ScopedContainer(ContainerEngine* engine, std::string id);
  ~ScopedContainer();
  ScopedContainer(ScopedContainer const&) = delete;
  ScopedContainer& operator=(ScopedContainer const&) = delete;

  std::string const& id() const { return id_; }
  // Before the end of the scope. A second time does nothing.
  void Remove();

 private:
  ContainerEngine* const engine_;
  std::string const id_;
  bool removed_ = false;
};

// The same for a volume. Declared before the container that mounts it, so that it goes after that:
// a volume in use cannot be removed.
class ScopedVolume {
 public:
  ScopedVolume(ContainerEngine* engine, std::string name);
  ~ScopedVolume();
  ScopedVolume(ScopedVolume const&) = delete;
  ScopedVolume& operator=(ScopedVolume const&) = delete;

  std::string const& name() const { return name_; }

 private:
  ContainerEngine* const engine_;
  std::string const name_;
};

}  // namespace probefarm
