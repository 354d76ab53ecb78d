#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "absl/time/time.h"

namespace probefarm {

// Releases and assets as GitHub's REST API tells them ("Releases", "Release assets"). Only what the
// publisher uses.

struct GitHubRelease {
  int64_t id = 0;
  std::string tag;
  // Without the template "{?name,label}" at its end.
  std::string upload_url;
  std::string body = {};  // what people read
  bool draft = false;
  bool immutable = false;  // takes no asset any more
};

struct GitHubAsset {
  int64_t id = 0;
  std::string name;   // as GitHub rewrote it
  std::string label;  // the true name, where we uploaded it
  // "uploaded"; "starter" where an upload broke off: it holds the name and nothing else. What
  // GitHub may say besides ("open", or a word of tomorrow) is neither.
  std::string state;
  int64_t size = 0;
  std::string sha256;  // empty when GitHub does not know it, as for assets before June 2025
  std::string url;     // where anyone can download it
  absl::Time created_at;

  bool uploaded() const { return state == "uploaded"; }
  bool starter() const { return state == "starter"; }
};

// Of a release's list, the last page apart: the most that GitHub gives.
inline constexpr size_t kAssetsPerPage = 100;

// A file in a repository, of the contents API.
struct RepositoryFile {
  std::string content;
  std::string sha;  // of its blob
};

// What GitHub says is wrong. All of it may be missing.
struct GitHubProblem {
  std::string message;
  std::string code;  // of the first of `errors`: "already_exists"
  std::string documentation_url;
};

}  // namespace probefarm
