#pragma once

#include <optional>
#include <string>

#include "absl/status/status.h"

namespace probefarm {

// What was answered for a page when it was read last.
struct CachedPage {
  std::string etag;
  std::string link;  // the header that leads to the next page
  std::string body;
  friend bool operator==(CachedPage const&, CachedPage const&) = default;
};

// Pages by URL in a folder, over restarts: a page that is asked for with its ETag and has not
// changed costs none of the hour's points. A cache: what cannot be read is not there, and the
// folder can be emptied at any time. Thread-safe, several writers of one page included.
class PageCache {
 public:
  // The folder is made by the first Put().
  explicit PageCache(std::string folder) : folder_(std::move(folder)) {}

  std::optional<CachedPage> Find(std::string const& url) const;
  // Replaces the page of that URL.
  absl::Status Put(std::string const& url, CachedPage const& page) const;

 private:
  std::string PathOf(std::string const& url) const;

  std::string const folder_;
};

}  // namespace probefarm
