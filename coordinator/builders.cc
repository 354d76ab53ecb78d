#include "coordinator/builders.h"

#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/inventory/builder_archive.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {

absl::StatusOr<std::vector<BuilderImage>> ServeBuilders(std::vector<BuilderConfig> const& builders,
                                                        std::string const& public_url,
                                                        LocalInputs& inputs) {
  std::vector<BuilderImage> images;
  for (BuilderConfig const& builder : builders) {
    ASSIGN_OR_RETURN(BuilderArchive const archive, ReadBuilderArchive(builder.archive));
    Input file;
    file.name = absl::StrCat("builder-", builder.name, ".tar");
    file.sha256 = archive.sha256;
    file.size = archive.size;
    file.urls = {absl::StrCat(public_url, InputPages::kRoute, archive.sha256)};
    absl::StatusOr<BuilderImage> image =
        DescribeBuilderImage(std::move(file), archive.image_id, archive.arch, archive.labels);
    if (!image.ok())
      return Annotate(image.status(), absl::StrCat("builder image ", builder.archive));
    RETURN_IF_ERROR(inputs.Add(archive.sha256, builder.archive));
    Log(LogLevel::kInfo, "builder image",
        {{"name", builder.name},
         {"id", archive.image_id},
         {"toolchain", image->image.fingerprint}});
    images.push_back(*std::move(image));
  }
  return images;
}

}  // namespace probefarm
