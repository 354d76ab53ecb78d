#pragma once

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "coordinator/releases/release_host.h"

namespace probefarm {

// What every release host checks before it looks at anything. INVALID_ARGUMENT says what is wrong.
// Pure.

// OK when `tag` can name a release and be a path below a folder: one to four parts with `/` between
// them, each a file name that does not begin with a dot, at most 200 bytes in all. So a tag never
// leads out of the folder.
absl::Status CheckReleaseTag(absl::string_view tag);

// OK when the file can be an asset of that name: the tag and the name are some, the name is no side
// file's, the file is not empty, and its digest is one.
absl::Status CheckUploadIntent(UploadIntent const& intent, absl::string_view asset_name);

}  // namespace probefarm
