#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "absl/time/time.h"
#include "lib/driver/probe.h"

namespace probefarm {

// A file from outside, known by its digest. The URLs are tried in turn; nothing is trusted but the
// digest.
struct Input {
  std::string name;    // "linux-headers-6.1.0-47-common_6.1.170-3_all.deb": for messages and for a
                       // folder of inputs
  std::string sha256;  // 64 lower-case hexadecimal digits
  int64_t size = 0;    // bytes
  std::vector<std::string> urls;  // http or https; none: it must be in the cache already
  friend bool operator==(Input const&, Input const&) = default;
};

// How an archive's entries reach a tree.
enum class ArchiveFormat { kDeb, kTar, kRpm };  // kTar: plain or compressed with gz, xz or zst

// An archive and the part of it that is unpacked.
struct ArchiveInput {
  Input file;
  ArchiveFormat format = ArchiveFormat::kDeb;
  // Only entries below this folder, which is taken off: "usr/src/scap-0.20.0/" puts its content at
  // the tree's root. Empty: all. An archive with nothing below it is an input that is wrong for
  // good.
  std::string strip_prefix;
  friend bool operator==(ArchiveInput const&, ArchiveInput const&) = default;
};

// The builder image: an archive as `docker save` writes it, known by its digest; the engine knows
// what it holds by its id.
struct ImageInput {
  Input archive;
  std::string id;  // "sha256:<hex>", the image's id once loaded
  std::string
      fingerprint;  // versions of gcc, clang, binutils, make, libelf: what can change the output
  friend bool operator==(ImageInput const&, ImageInput const&) = default;
};

// What a build may use; beyond it the build fails, except that a log beyond its limit is cut.
// bounds.h has what each may be.
struct BuildLimits {
  int64_t memory_bytes = int64_t{2} << 30;     // of the container, swap and tmpfs included
  double cpus = 1;                             // processors' time; 0.5: half of one
  int processes = 512;                         // at one time, threads included
  absl::Duration timeout = absl::Minutes(20);  // of the script; fetching and unpacking do not count
  int64_t output_bytes = int64_t{256} << 20;   // of the artifact
  int64_t log_bytes = int64_t{16} << 20;       // of what the script prints; the worker's lines pass
  friend bool operator==(BuildLimits const&, BuildLimits const&) = default;
};

// What the file that comes out must say of itself.
struct ArtifactExpectation {
  std::string
      kernel_release;  // uname -r: section `kernel_version` of a .o, first word of a .ko's vermagic
  std::string driver_version;  // section `probe_version` of a .o, `version` in a .ko's .modinfo
  friend bool operator==(ArtifactExpectation const&, ArtifactExpectation const&) = default;
};

// Everything that decides the bytes of one probe. Made whole by the coordinator before the build
// runs, so a worker's version cannot change the output and the provenance is complete beforehand.
// Its canonical JSON is *the* spec: the same bytes are stored, leased and shown.
//
// In the container: headers are unpacked into a volume mounted read-only at /kernel, source into a
// volume at /build/source, the script stands at /build/build.sh and runs as `bash /build/build.sh`
// with `env` and nothing else of the worker's; what it leaves at `output` (below /build) is the
// artifact.
struct BuildSpec {
  ProbeId probe;
  std::string file_name;  // true name: "falco_debian_6.1.170-3-cloud-amd64_1.ko"
  ImageInput image;
  // Unpacked in this order, one over another: a later entry replaces an earlier one of its path.
  std::vector<ArchiveInput> headers;
  std::vector<ArchiveInput> source;
  std::string script;                      // bash, verbatim
  std::map<std::string, std::string> env;  // the script's, by name
  std::string output = "out/probe";        // relative to /build
  BuildLimits limits;
  ArtifactExpectation expect;
  friend bool operator==(BuildSpec const&, BuildSpec const&) = default;
};

// Canonical JSON: keys sorted, no insignificant space, one trailing newline. Equal specs give equal
// bytes. The timeout is written in whole seconds; bytes that are not UTF-8 become U+FFFD.
// docs/build-spec.md describes the document.
std::string ToJson(BuildSpec const& spec);

// Reads what ToJson() writes, and any JSON with the same keys, however spaced or ordered. Pure;
// nothing that a document holds makes it throw. INVALID_ARGUMENT names the key's path
// ("headers[0].file.size"): unknown, missing and repeated keys, digests that are not digests, URLs
// that are not http or https, paths that leave their tree, values out of their bounds and documents
// over 1 MB are refused.
absl::StatusOr<BuildSpec> ParseBuildSpec(absl::string_view json);

// The same with the document in its canonical form.
struct BuildSpecDocument {
  BuildSpec spec;
  std::string json;  // ToJson(spec)
};
absl::StatusOr<BuildSpecDocument> ParseBuildSpecDocument(absl::string_view json);

// SHA-256 over what can change the output: the digests of headers and source (not their names or
// URLs) and how they are unpacked, script, env, output, what the artifact must say, and the image's
// toolchain fingerprint (not its id or digest). Limits are left out. A build that failed for good
// is not tried again while this is the same.
std::string InputsFingerprint(BuildSpec const& spec);

}  // namespace probefarm
