#include "tests/testing/github/paging.h"

#include <algorithm>
#include <vector>

#include "absl/strings/match.h"
#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"

namespace probefarm::fake_github {
namespace {

constexpr int64_t kMaxPageSize = 100;

int64_t Number(Call const& call, std::string const& name, int64_t otherwise) {
  int64_t number = 0;
  return absl::SimpleAtoi(call.Query(name), &number) && number > 0 ? number : otherwise;
}

// What stands behind the repository: "/releases/7/assets".
std::string PathBelow(Call const& call) {
  if (call.kind == FakeCallKind::kListReleases) return "/releases";
  return absl::StrCat("/releases/", call.release_id, "/assets");
}

}  // namespace

Page PageOf(Call const& call) {
  // So that first() cannot overflow.
  constexpr int64_t kMaxPage = 1 << 30;
  return {.number = std::min(Number(call, "page", 1), kMaxPage),
          .size = std::min(Number(call, "per_page", 30), kMaxPageSize)};
}

std::string LinkHeader(Scene const& scene, Call const& call, Repository const& repository,
                       Page const& page, int64_t elements) {
  int64_t const last = std::max<int64_t>((elements + page.size - 1) / page.size, 1);
  std::string const owner = scene.links_by_id ? absl::StrCat("/repositories/", repository.id)
                                              : absl::StrCat("/repos/", repository.name);
  std::vector<std::string> links;
  auto const add = [&](absl::string_view rel, int64_t number) {
    links.push_back(absl::StrCat("<", scene.urls.api, owner, PathBelow(call), "?per_page=",
                                 page.size, "&page=", number, ">; rel=\"", rel, "\""));
  };
  if (page.number > 1) add("prev", std::min(page.number - 1, last));
  if (page.number < last) {
    add("next", page.number + 1);
    add("last", last);
  }
  if (page.number > 1) add("first", 1);
  return absl::StrJoin(links, ", ");
}

}  // namespace probefarm::fake_github
