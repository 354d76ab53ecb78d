#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "absl/time/time.h"

namespace probefarm {

// What the fake GitHub holds, as plain data. Bytes are shared and never changed.

using FakeBytes = std::shared_ptr<std::string const>;

struct FakeAsset {
  int64_t id = 0;     // 0: the fake chooses
  std::string name;   // as it is kept, rewritten
  std::string label;  // empty: none
  std::string content_type = "application/octet-stream";
  std::string state = "uploaded";
  int64_t size = 0;
  // "sha256:<hex>". Empty: null in JSON.
  std::string digest;
  bool without_digest_field = false;  // an asset from before digests
  int64_t download_count = 0;
  absl::Time created_at = absl::InfinitePast();  // not set
  absl::Time updated_at = absl::InfinitePast();
  absl::Time listed_from = absl::InfinitePast();  // lists lag
  std::string uploader;
  // Null for an asset that was planted without any: its storage answers 404.
  FakeBytes bytes;
};

struct FakeRelease {
  int64_t id = 0;  // 0: the fake chooses
  std::string tag;
  std::string name;
  std::string body;
  std::string target = "main";  // target_commitish
  bool draft = false;
  bool prerelease = false;
  bool immutable = false;
  absl::Time created_at = absl::InfinitePast();  // not set
  absl::Time updated_at = absl::InfinitePast();
  absl::Time published_at = absl::InfinitePast();
  absl::Time listed_from = absl::InfinitePast();
  absl::Time tag_known_from = absl::InfinitePast();  // by-tag answers 404 before
  std::string author;
  std::vector<FakeAsset> assets;  // by id, that is by age
};

struct FakeRepository {
  std::string default_branch = "main";
  bool is_private = false;
  bool immutable_releases = false;    // of releases published from now on
  std::vector<std::string> branches;  // beside the default one
  std::vector<std::string> commits;   // 40 hexadecimal digits each; beside those made by the fake
  std::vector<std::string>
      workflow_commits;  // too, but as a target they are 404: they touch workflows
};

// A token that the fake knows. Any other is "Bad credentials".
struct FakeToken {
  std::string value;
  std::string login = "farm-bot";  // limits count by login: tokens of one app installation share it
  absl::Time expires = absl::InfiniteFuture();
  bool may_write = true;                  // contents: write
  std::vector<std::string> repositories;  // "o/r"; empty: all
  int points_an_hour = 5000;              // primary limit of the login
};

// A GitHub App that is installed: its JWTs are checked with `public_key` (PEM).
struct FakeApp {
  std::string issuer;  // app id or client id
  std::string public_key;
  int64_t installation = 0;
  std::vector<std::string> repositories;  // "o/r", where it is installed
  int points_an_hour = 5000;
};

}  // namespace probefarm
