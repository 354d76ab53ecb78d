#pragma once

#include <cstdint>

namespace probefarm {

// GitHub's limits, as it documents them; a test that wants to meet one makes it small. The primary
// one belongs to a token: FakeToken::points_an_hour.
struct FakeLimits {
  // Of what is stored.
  int assets_a_release = 1000;
  int64_t asset_bytes = (int64_t{2} << 30) - 1;
  int body_characters = 125'000;
  int listed_releases = 10'000;

  // Secondary: of one login. A read is one point, a write five; 304 is none. Windows slide. A
  // creation of content is a release, an upload, or a commit.
  int concurrent = 100;
  int points_a_minute = 900;
  int creations_a_minute = 80;
  int creations_an_hour = 500;
  // Answer 429 in place of 403 when a limit is met; both are documented.
  bool answer_429 = false;

  // Of the primary limit. Observed, not documented: an upload counts more than once.
  int upload_points = 2;
  int clash_points = 3;

  // No limit at all, for tests of something else.
  bool off = false;
};

}  // namespace probefarm
