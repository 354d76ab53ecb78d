#pragma once

#include <memory>
#include <optional>
#include <string>

#include "tests/testing/github/answer.h"
#include "tests/testing/github/call.h"
#include "tests/testing/github/fake_limits.h"
#include "tests/testing/github/limiter.h"
#include "tests/testing/github/shapes.h"
#include "tests/testing/github/world.h"

namespace probefarm::fake_github {

// What a call works on. Belongs to whoever holds the world's lock.
struct Scene {
  World& world;
  Limiter const& limiter;
  Urls const& urls;
  bool links_by_id = true;
  int embedded_assets = 1000;
};

// Who calls, by the Authorization header. `refused` where GitHub would not even look further (401).
struct Caller {
  std::string login;  // "" is nobody
  int points_an_hour = 60;
  std::optional<FakeToken> token;
  std::optional<Answer> refused;
};
Caller IdentifyCaller(World& world, Call const& call);

// The repository of a call, for somebody who may do that: 404 for what he may not see, 403 for what
// he may only read, 401 for what nobody may do without a token.
struct Access {
  Repository* repository = nullptr;  // null: `refused`
  bool may_write = false;
  Answer refused;
};
Access AccessRepository(World& world, Call const& call, Caller const& caller);

// What GitHub does and says. One for each group of kinds.
Answer AnswerReleaseCall(Scene const& scene, Call const& call, Repository& repository,
                         bool may_write);
Answer AnswerAssetCall(Scene const& scene, Call const& call, Repository& repository,
                       bool may_write);
Answer AnswerContentsCall(Scene const& scene, Call const& call, Repository& repository);
// POST /app/installations/<id>/access_tokens
Answer AnswerTokenCall(Scene const& scene, Call const& call);
Answer AnswerRateLimit(Scene const& scene, Call const& call, Caller const& caller);
// browser_download_url, and the storage that it is redirected to.
Answer AnswerWebDownload(Scene const& scene, Call const& call);
Answer AnswerStorage(Scene const& scene, Call const& call);

// An upload whose head alone shows that it will not do.
std::optional<Answer> RefuseUpload(Scene const& scene, Call const& call, Repository& repository);
// `bytes` is the whole body; `sha256` its digest.
Answer CommitUpload(Scene const& scene, Call const& call, Repository& repository, FakeBytes bytes,
                    std::string const& sha256);
// The `starter` asset of an upload that went wrong; nothing when the name is taken.
void LeaveStarter(Scene const& scene, Call const& call, Repository& repository);

// Any call that came through, by its kind.
Answer AnswerCall(Scene const& scene, Call const& call, Caller const& caller);

}  // namespace probefarm::fake_github
