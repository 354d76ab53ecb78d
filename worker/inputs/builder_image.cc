#include "worker/inputs/builder_image.h"

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

BuilderImages::BuilderImages(ContainerEngine* engine, InputCache* cache)
    : engine_(engine), cache_(cache) {}

absl::Status BuilderImages::Ensure(ImageInput const& image, std::function<bool()> const& cancelled,
                                   ProgressSink const& progress) {
  ASSIGN_OR_RETURN(auto const holder, loading_.Acquire(image.id, cancelled));
  ASSIGN_OR_RETURN(bool const present, engine_->HasImage(image.id));
  return present ? absl::OkStatus() : Load(image, cancelled, progress);
}

absl::Status BuilderImages::Load(ImageInput const& image, std::function<bool()> const& cancelled,
                                 ProgressSink const& progress) {
  ASSIGN_OR_RETURN(auto const archive, cache_->Fetch(image.archive, cancelled, progress));
  if (progress) progress(absl::StrCat("loading ", image.archive.name));
  RETURN_IF_ERROR(Annotate(engine_->LoadImage(archive.path()),
                           absl::StrCat("load image ", image.archive.name)));
  ASSIGN_OR_RETURN(bool const present, engine_->HasImage(image.id));
  if (present) return absl::OkStatus();
  return absl::FailedPreconditionError(
      absl::StrCat("load image ", image.archive.name, ": the archive ", image.archive.sha256,
                   " does not hold image ", image.id, "; export it again with its id"));
}

}  // namespace probefarm
