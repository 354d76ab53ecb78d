#pragma once

#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "coordinator/config/toolchain_config.h"
#include "coordinator/recipe/builder_image.h"
#include "coordinator/web/input_pages.h"

namespace probefarm {

// Reads the configured builder images and offers their archives to workers at `public_url`. Takes
// some seconds for each. An image is an input like any other: workers fetch it by digest from
// InputPages and check it. In the configuration's order. INVALID_ARGUMENT when an archive holds no
// image, FAILED_PRECONDITION when its image is not a builder's; both name the archive. `public_url`
// has no slash at its end.
absl::StatusOr<std::vector<BuilderImage>> ServeBuilders(std::vector<BuilderConfig> const& builders,
                                                        std::string const& public_url,
                                                        LocalInputs& inputs);

}  // namespace probefarm
