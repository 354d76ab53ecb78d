#include "worker/inputs/scoped_container.h"

#include <utility>

#include "lib/runtime/log.h"

namespace probefarm {

ScopedContainer::ScopedContainer(ContainerEngine* engine, std::string id)
    : engine_(engine), id_(std::move(id)) {}

ScopedContainer::~ScopedContainer() { Remove(); }

void ScopedContainer::Remove() {
  if (std::exchange(removed_, true)) return;
  if (absl::Status const status = engine_->RemoveContainer(id_); !status.ok()) {
    Log(LogLevel::kWarning, "container is left over",
        {{"container", id_}, {"error", status.message()}});
  }
}

ScopedVolume::ScopedVolume(ContainerEngine* engine, std::string name)
    : engine_(engine), name_(std::move(name)) {}

ScopedVolume::~ScopedVolume() {
  if (absl::Status const status = engine_->RemoveVolume(name_); !status.ok()) {
    Log(LogLevel::kWarning, "volume is left over",
        {{"volume", name_}, {"error", status.message()}});
  }
}

}  // namespace probefarm
