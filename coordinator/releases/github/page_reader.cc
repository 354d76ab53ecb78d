#include "coordinator/releases/github/page_reader.h"

#include <optional>
#include <utility>

#include "absl/strings/str_cat.h"
#include "coordinator/releases/github/github_link.h"
#include "lib/http/url_host.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr int kNotModified = 304;

std::string HeaderOf(HttpResponse const& response, char const* name) {
  auto const found = response.headers.find(name);
  return found == response.headers.end() ? "" : found->second;
}

}  // namespace

PageReader::PageReader(PageCache const& cache, std::string api_url, Send send)
    : cache_(cache), api_url_(std::move(api_url)), send_(std::move(send)) {}

absl::Status PageReader::Read(std::string const& url, std::string const& doing,
                              Take const& take) const {
  return ReadOne(url, doing, take).status();
}

absl::Status PageReader::ReadAll(PagedList const& list, std::string const& doing,
                                 Take const& take) const {
  std::string const pages = absl::StrCat(list.url, "?per_page=", list.per_page, "&page=");
  std::string url = absl::StrCat(pages, list.first);
  for (int page = list.first; page < list.first + list.most; ++page) {
    ASSIGN_OR_RETURN(Taken const taken, ReadOne(url, doing, take));
    std::optional<std::string> next = NextLink(taken.link);
    // A page that is unchanged may not say that another one has come after it.
    if (!next && taken.items >= list.per_page) next = absl::StrCat(pages, page + 1);
    if (!next) return absl::OkStatus();
    if (!SameOrigin(*next, api_url_))
      return absl::UnavailableError(
          absl::StrCat(doing, ": the next page is at another host, ", HostOfUrl(*next)));
    url = *next;
  }
  return absl::UnavailableError(absl::StrCat(doing, ": there are more than ", list.most, " pages"));
}

absl::StatusOr<PageReader::Taken> PageReader::ReadOne(std::string const& url,
                                                      std::string const& doing,
                                                      Take const& take) const {
  ASSIGN_OR_RETURN(Page read, Get(url, doing));
  absl::StatusOr<size_t> const items = take(read.page.body);
  if (!items.ok()) return Annotate(items.status(), doing);
  if (read.is_new) Keep(url, read.page);
  return Taken{*items, std::move(read.page.link)};
}

absl::StatusOr<PageReader::Page> PageReader::Get(std::string const& url,
                                                 std::string const& doing) const {
  HttpRequest request{.url = url};
  std::optional<CachedPage> known = cache_.Find(url);
  if (known) request.headers.emplace_back("If-None-Match", known->etag);
  RequestKind const kind = known ? RequestKind::kConditionalRead : RequestKind::kRead;
  ASSIGN_OR_RETURN(HttpResponse response, send_(kind, std::move(request), doing));
  if (response.status == kNotModified) {
    std::string link = HeaderOf(response, "link");
    if (known && !link.empty()) known->link = std::move(link);
    if (known) return Page{*std::move(known)};
    return absl::UnavailableError(absl::StrCat(doing, ": 304 to a question without an ETag"));
  }
  ++new_pages_;
  CachedPage page{HeaderOf(response, "etag"), HeaderOf(response, "link"), std::move(response.body)};
  return Page{std::move(page), true};
}

void PageReader::Keep(std::string const& url, CachedPage const& page) const {
  if (page.etag.empty()) return;
  if (absl::Status const kept = cache_.Put(url, page); !kept.ok())
    Log(LogLevel::kWarning, "a page of GitHub's was not kept", {{"error", kept.ToString()}});
}

}  // namespace probefarm
