#pragma once

#include <nlohmann/json_fwd.hpp>

#include "tests/testing/github/world.h"

namespace probefarm::fake_github {

// The plain data as it is kept on disk, and back. An asset goes without its bytes, a release
// without its assets. What is read was written here: other JSON throws nlohmann::json::exception.
nlohmann::json Stored(FakeRepository const& settings);
nlohmann::json Stored(FakeToken const& token);
nlohmann::json Stored(FakeApp const& app);
nlohmann::json Stored(FakeRelease const& release);
nlohmann::json Stored(FakeAsset const& asset);
nlohmann::json Stored(RepositoryFile const& file);

FakeRepository StoredRepository(nlohmann::json const& json);
FakeToken StoredToken(nlohmann::json const& json);
FakeApp StoredApp(nlohmann::json const& json);
FakeRelease StoredRelease(nlohmann::json const& json);
FakeAsset StoredAsset(nlohmann::json const& json);
RepositoryFile StoredFile(nlohmann::json const& json);

}  // namespace probefarm::fake_github
