#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "worker/build/build_outcome.h"
#include "worker/engine/container_engine.h"

namespace probefarm {

// Classifies what went wrong, where it is known. All here is pure. Texts are one line of printable
// ASCII, at most 1000 bytes, whatever a build or a server said.
//
//   permanent  input_digest_mismatch  the URLs give something else than the input
//              input_gone             no URL has the input any more
//              input_invalid          an archive is broken or holds what is not unpacked
//              source_unusable        the script: the driver's source is not as it must be
//              headers_unusable       the script: the headers are not those of this kernel
//              compiler_error         the script failed in any other way
//              timed_out              the script ran for longer than the spec allows
//              out_of_memory          the script wanted more than the spec allows
//              no_artifact            the script left no single file within limits, or wrote one
//                                     beyond them
//              artifact_mismatch      the file is not for this kernel and driver
//   transient  input_unavailable      a download failed and may succeed later
//              image_unavailable      the builder image is another one, or gone: a fact about the
//                                     farm, not about the probe
//              engine_error           the container engine failed, or the script was killed from
//                                     outside
//              no_space               the script: memory, processes or disk ran out in its
//                                     container
//   machine    engine_unavailable     the container engine does not answer
//              image_unavailable      nobody answers who has the builder image
//              no_space               the worker's or the engine's disk is full
//              disk_error             the worker cannot read or write its own files
//              builder_not_allowed    its --builder options do not name the builder image

// What was being done when a status came: bringing the image into the engine; fetching headers and
// source; filling volumes and running the container; copying the artifact out; checking it.
enum class BuildStage { kImage, kInputs, kContainer, kCopy, kCheck };

// For a status that is not OK. RESOURCE_EXHAUSTED is no_space at every stage; of an image
// everything is transient; else the code decides: DATA_LOSS, NOT_FOUND and INVALID_ARGUMENT of an
// input, INVALID_ARGUMENT of what is unpacked, FAILED_PRECONDITION of an artifact are permanent.
BuildFailure ClassifyStatus(BuildStage stage, absl::Status const& status);

// How the script ended.
struct ScriptEnd {
  ContainerExit exit;
  absl::Duration ran;  // from its start, suspension included
};

// For an exit code other than 0. `timeout` is the spec's; `log_tail` the end of the output.
// 124, and 137 and 143 after the timeout, are `timeout`'s; 153 is the kernel's, for a file beyond
// the spec's `output_bytes`. Any other from 125 on means that the script could not be run or that
// somebody killed it, which says nothing of the inputs. 20, 21, 22 and 23 are the recipe's
// (coordinator/recipe): source unusable, headers unusable, does not compile, no room.
BuildFailure ClassifyScriptEnd(ScriptEnd const& end, absl::Duration timeout,
                               absl::string_view log_tail);

// For a spec whose image this worker is not to use. A coordinator that goes by the worker's
// capabilities does not lease it here.
BuildFailure BuilderNotAllowed(absl::string_view image_id);

// The line that tells most of why a build failed: the script's own last word ("probefarm: …"), else
// the first line with "error:", else the last line that is not blank. Empty when the log is.
std::string MostTellingLine(absl::string_view log_tail);

}  // namespace probefarm
