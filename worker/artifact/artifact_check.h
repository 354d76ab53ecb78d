#pragma once

#include <string>

#include "absl/status/status.h"
#include "absl/strings/string_view.h"
#include "lib/build/build_spec.h"
#include "lib/driver/probe.h"

namespace probefarm {

// Whether a build made what was asked for, by what the file says of itself.
//
// An eBPF probe: relocatable, machine BPF, whatever `arch`; sections `kernel_version` and
// `probe_version`, which driver/bpf/probe.c of falcosecurity/libs writes, equal the kernel release
// and the driver version; sections `license` and `maps` are there and not empty. A kernel module:
// relocatable, for `arch`; in .modinfo the first word of `vermagic`, which kbuild writes, is the
// kernel release and `version`, where the driver writes one, is the driver version; section
// `.gnu.linkonce.this_module` is there, without which no kernel loads it.
//
// FAILED_PRECONDITION names what was expected and what was found, or says why it is no sound ELF
// file: the same inputs would give it again. What the file says is bounded and escaped in messages.
// Pure.
absl::Status CheckArtifactBytes(absl::string_view bytes, Kind kind, Arch arch,
                                ArtifactExpectation const& expect);

// The same for a file; also NOT_FOUND and other errors of reading it, which name the path.
absl::Status CheckArtifact(std::string const& path, Kind kind, Arch arch,
                           ArtifactExpectation const& expect);

}  // namespace probefarm
