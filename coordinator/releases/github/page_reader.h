#pragma once

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/string_view.h"
#include "coordinator/releases/github/pacing/request_kind.h"
#include "coordinator/releases/github/page_cache.h"
#include "lib/http/http_client.h"

namespace probefarm {

// A list of GitHub's that comes in pages.
struct PagedList {
  std::string url;  // without a query
  int first = 1;    // page
  size_t per_page = 100;
  int most = 1;  // pages; more are an error
};

// Reads pages, each with the ETag of the page cache: one that has not changed comes from there. The
// next one is where `Link` says, at the API's own host. As thread-safe as `send`; blocks.
//
// Errors are those of `send`; UNAVAILABLE for pages at another host, for more than there may be,
// and for what GitHub would not answer.
class PageReader {
 public:
  // Makes one request. `doing`: for messages.
  using Send = std::function<absl::StatusOr<HttpResponse>(RequestKind kind, HttpRequest request,
                                                          std::string const& doing)>;
  // Reads a page's items and says how many they are.
  using Take = std::function<absl::StatusOr<size_t>(absl::string_view body)>;

  // `cache` must outlive it.
  PageReader(PageCache const& cache, std::string api_url, Send send);

  // One page by itself. What `take` refuses is not kept: half a page would be taken for unchanged
  // for ever.
  absl::Status Read(std::string const& url, std::string const& doing, Take const& take) const;
  absl::Status ReadAll(PagedList const& list, std::string const& doing, Take const& take) const;

  // Pages that came whole so far, and so cost a point each: first ones, and those that had changed.
  int64_t new_pages() const { return new_pages_; }

 private:
  // As it is now.
  struct Page {
    CachedPage page;
    bool is_new = false;
  };
  // What is told of a page that was taken.
  struct Taken {
    size_t items = 0;
    std::string link;
  };
  absl::StatusOr<Taken> ReadOne(std::string const& url, std::string const& doing,
                                Take const& take) const;
  absl::StatusOr<Page> Get(std::string const& url, std::string const& doing) const;
  void Keep(std::string const& url, CachedPage const& page) const;

  PageCache const& cache_;
  std::string const api_url_;
  Send const send_;
  mutable std::atomic<int64_t> new_pages_ = 0;
};

}  // namespace probefarm
