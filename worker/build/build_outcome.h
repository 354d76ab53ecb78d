#pragma once

#include <cstdint>
#include <string>
#include <variant>

namespace probefarm {

// The file that a build made, checked. It belongs to the caller, who deletes it once it is sent.
struct BuiltArtifact {
  std::string path;    // in the spool folder
  std::string sha256;  // 64 lower-case hexadecimal digits
  int64_t size = 0;    // bytes
  friend bool operator==(BuiltArtifact const&, BuiltArtifact const&) = default;
};

// Why there is no file. Permanent: these inputs give no artifact, here or elsewhere. Transient: it
// may go well another time; counts as an attempt. Machine: this one cannot build now, its engine is
// away or its disk full; says nothing of the job, which goes back to the queue uncounted.
struct BuildFailure {
  enum class Class { kPermanent, kTransient, kMachine };
  Class failure_class = Class::kTransient;
  std::string code;  // one word for programs: see failure_reason.h
  std::string text;  // one line for people
  friend bool operator==(BuildFailure const&, BuildFailure const&) = default;
};

// The caller wanted no more of it. Says nothing of the inputs, and leaves nothing.
struct BuildCancelled {
  friend bool operator==(BuildCancelled const&, BuildCancelled const&) = default;
};

// How a build ended: in exactly one of three ways.
using BuildOutcome = std::variant<BuiltArtifact, BuildFailure, BuildCancelled>;

}  // namespace probefarm
