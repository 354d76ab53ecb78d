#pragma once

#include <string>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "worker/engine/fake_tree.h"

namespace probefarm {

// Writes an archive as `docker save` does, with one image of one layer that holds `root` (relative
// paths), and answers the image's id ("sha256:…"). The image bears the label io.probefarm.test with
// `name`; equal names and roots give equal ids.
absl::StatusOr<std::string> WriteImageArchive(std::string const& archive_path,
                                              std::string const& name, FakeTree const& root);

// The id of the image in such an archive. INVALID_ARGUMENT when there is none.
absl::StatusOr<std::string> ImageIdInArchive(absl::string_view archive);

}  // namespace probefarm
