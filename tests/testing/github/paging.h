#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "tests/testing/github/answer.h"
#include "tests/testing/github/call.h"
#include "tests/testing/github/calls.h"

namespace probefarm::fake_github {

// Which part of a list is asked for, of 30 elements unless `per_page` says so, and at most 100.
struct Page {
  int64_t number = 1;
  int64_t size = 30;
  int64_t first() const { return (number - 1) * size; }
};
Page PageOf(Call const& call);

// RFC 8288: prev, next, last, first, as far as there are such pages. Empty when all fit on one.
// As GitHub does, `next` names the repository by its id.
std::string LinkHeader(Scene const& scene, Call const& call, Repository const& repository,
                       Page const& page, int64_t elements);

}  // namespace probefarm::fake_github
