#include "tests/testing/github/journal.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <iterator>
#include <map>
#include <nlohmann/json.hpp>

#include "absl/strings/str_cat.h"
#include "lib/digest/sha256.h"
#include "lib/runtime/status_macros.h"
#include "tests/testing/github/answer.h"
#include "tests/testing/github/stored.h"

namespace probefarm::fake_github {
namespace {

using Json = nlohmann::json;
using Thing = Change::Thing;

Json ValueOf(World& world, Change const& change, Record& record) {
  if (change.thing == Thing::kToken) return Stored(world.tokens().at(change.key));
  if (change.thing == Thing::kApp) return Stored(world.apps().at(change.key));
  Repository& repository = *world.FindRepository(change.repository);
  if (change.thing == Thing::kRepository)
    return {{"id", repository.id}, {"settings", Stored(repository.settings)}};
  if (change.thing == Thing::kFile) return Stored(repository.files.at(change.key));
  if (change.thing == Thing::kRelease) {
    FakeRelease const* const release = repository.FindRelease(change.id);
    return release == nullptr ? Json() : Stored(*release);
  }
  FakeAsset const* const asset = repository.FindAsset(change.id).asset;
  if (asset == nullptr) return {};
  Json json = Stored(*asset);
  record.bytes = asset->bytes;
  if (asset->bytes) json["file"] = record.file = Sha256Hex(*asset->bytes);
  return json;
}

[[noreturn]] void GiveUp(std::string const& path) {
  std::perror(absl::StrCat("fake GitHub: ", path).c_str());
  std::abort();
}

void WriteAll(int fd, absl::string_view bytes, std::string const& path) {
  while (!bytes.empty()) {
    ssize_t const written = write(fd, bytes.data(), bytes.size());
    if (written < 0) GiveUp(path);
    bytes.remove_prefix(written);
  }
}

FakeBytes ReadBytes(std::string const& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return nullptr;
  return std::make_shared<std::string const>(std::istreambuf_iterator<char>(in),
                                             std::istreambuf_iterator<char>());
}

void RestoreRepository(World& world, Json const& line) {
  std::string const name = line.at("repository");
  world.AddRepository(name, StoredRepository(line.at("value").at("settings")));
  Repository* const repository = world.FindRepository(name);
  line.at("value").at("id").get_to(repository->id);
  world.ContinueFrom(repository->id, 0);
}

void RestoreRelease(World& world, Json const& line) {
  Repository* const repository = world.FindRepository(line.at("repository").get<std::string>());
  if (repository == nullptr) return;
  int64_t const id = line.at("id");
  if (line.at("value").is_null()) {
    world.RemoveRelease(*repository, id);
    return;
  }
  FakeRelease release = StoredRelease(line.at("value"));
  if (FakeRelease* const known = repository->FindRelease(id)) release.assets = known->assets;
  world.PutRelease(*repository, std::move(release));
}

void RestoreAsset(World& world, Json const& line, std::string const& folder) {
  Repository* const repository = world.FindRepository(line.at("repository").get<std::string>());
  FakeRelease* const release =
      repository == nullptr ? nullptr : repository->FindRelease(line.at("release_id"));
  if (release == nullptr) return;
  Json const& value = line.at("value");
  if (value.is_null()) {
    world.RemoveAsset(*repository, line.at("id"));
    return;
  }
  FakeAsset asset = StoredAsset(value);
  if (value.contains("file"))
    asset.bytes = ReadBytes(absl::StrCat(folder, "/files/", value["file"].get<std::string>()));
  world.PutAsset(*repository, *release, std::move(asset));
}

void RestoreFile(World& world, Json const& line) {
  Repository* const repository = world.FindRepository(line.at("repository").get<std::string>());
  if (repository != nullptr)
    world.PutFile(*repository, line.at("key"), StoredFile(line.at("value")));
}

void Restore(World& world, Json const& line, std::string const& folder) {
  world.ContinueFrom(line.at("id"), line.at("revision"));
  switch (static_cast<Thing>(line.at("thing").get<int>())) {
    case Thing::kRepository:
      return RestoreRepository(world, line);
    case Thing::kToken:
      return world.AddToken(StoredToken(line.at("value")));
    case Thing::kApp:
      return world.AddApp(StoredApp(line.at("value")));
    case Thing::kRelease:
      return RestoreRelease(world, line);
    case Thing::kAsset:
      return RestoreAsset(world, line, folder);
    case Thing::kFile:
      return RestoreFile(world, line);
  }
}

}  // namespace

Record MakeRecord(World& world, Change const& change) {
  Record record;
  Json const json = {{"revision", change.revision},
                     {"thing", static_cast<int>(change.thing)},
                     {"repository", change.repository},
                     {"release_id", change.release_id},
                     {"id", change.id},
                     {"key", change.key},
                     {"value", change.removed ? Json() : ValueOf(world, change, record)}};
  record.line = absl::StrCat(JsonText(json), "\n");
  return record;
}

absl::StatusOr<std::unique_ptr<Journal>> Journal::Open(std::string const& folder) {
  mkdir(folder.c_str(), 0755);
  mkdir(absl::StrCat(folder, "/files").c_str(), 0755);
  ASSIGN_OR_RETURN(UniqueFd fd,
                   OpenFile(absl::StrCat(folder, "/journal"), O_CREAT | O_APPEND | O_WRONLY));
  return std::unique_ptr<Journal>(new Journal(folder, std::move(fd)));
}

absl::Status Journal::Load(World& world) const {
  std::string const path = absl::StrCat(folder_, "/journal");
  std::ifstream in(path);
  std::map<int64_t, Json> by_revision;
  std::string text;
  int64_t whole = 0;
  // A line without its end broke off.
  for (int number = 1; std::getline(in, text) && !in.eof(); ++number) {
    whole += std::ssize(text) + 1;
    Json line = Json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!line.is_object())
      return absl::DataLossError(absl::StrCat(path, ":", number, ": is no JSON object"));
    int64_t const revision = line.value("revision", int64_t{0});
    by_revision[revision] = std::move(line);
  }
  // So that the next line does not go on with the one that broke off.
  if (ftruncate(fd_.get(), whole) != 0) GiveUp(path);
  try {
    for (auto const& [revision, line] : by_revision) Restore(world, line, folder_);
  } catch (Json::exception const& error) {
    return absl::DataLossError(absl::StrCat(path, ": ", error.what()));
  }
  world.ForgetChanges();
  return absl::OkStatus();
}

void Journal::Write(std::vector<Record> const& records) const {
  for (Record const& record : records) {
    if (record.bytes) WriteFile(record);
    WriteAll(fd_.get(), record.line, folder_);
  }
}

void Journal::WriteFile(Record const& record) const {
  std::string const path = absl::StrCat(folder_, "/files/", record.file);
  if (access(path.c_str(), F_OK) == 0) return;
  std::string name = absl::StrCat(path, ".XXXXXX");
  UniqueFd const fd(mkostemp(name.data(), O_CLOEXEC));
  if (!fd.valid()) GiveUp(name);
  WriteAll(fd.get(), *record.bytes, name);
  if (rename(name.c_str(), path.c_str()) != 0) GiveUp(path);
}

}  // namespace probefarm::fake_github
