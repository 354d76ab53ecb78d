#include "tests/testing/github/fake_github.h"

#include <array>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"
#include "tests/testing/github/core.h"
#include "tests/testing/github/exchange.h"
#include "tests/testing/github/http_listener.h"
#include "tests/testing/github/journal.h"
#include "tests/testing/github/plant.h"

namespace probefarm {

using fake_github::Core;
using fake_github::Exchange;
using fake_github::Host;
using fake_github::HttpConnection;
using fake_github::HttpListener;
using fake_github::Journal;
using fake_github::Repository;
using fake_github::RequestHead;
using fake_github::Urls;
using fake_github::World;

namespace {

using Listeners = std::array<std::unique_ptr<HttpListener>, 4>;
constexpr std::array<Host, 4> kHosts = {Host::kApi, Host::kUploads, Host::kWeb, Host::kStorage};

absl::StatusOr<Listeners> BindAll(int port) {
  Listeners listeners;
  for (size_t i = 0; i < listeners.size(); ++i) {
    ASSIGN_OR_RETURN(listeners[i], HttpListener::Bind(port == 0 ? 0 : port + static_cast<int>(i)));
  }
  return listeners;
}

Urls UrlsOf(Listeners const& listeners, FakeGitHubOptions const& options) {
  auto const url = [](HttpListener const& own, std::string const& shown) {
    return shown.empty() ? own.url() : shown;
  };
  return {.api = url(*listeners[0], options.public_api_url),
          .uploads = url(*listeners[1], options.public_uploads_url),
          .web = listeners[2]->url(),
          .storage = listeners[3]->url()};
}

}  // namespace

// The core and its four listeners.
class FakeGitHub::Impl {
 public:
  Impl(FakeGitHubOptions options, Listeners listeners, std::unique_ptr<Journal> journal,
       World world)
      : core(options, UrlsOf(listeners, options), std::move(journal), std::move(world)),
        listeners_(std::move(listeners)) {
    for (size_t i = 0; i < listeners_.size(); ++i) Serve(*listeners_[i], kHosts[i]);
  }

  ~Impl() {
    for (auto const& listener : listeners_) listener->Stop();
  }

  std::string url(size_t listener) const { return listeners_[listener]->url(); }

  Core core;

 private:
  void Serve(HttpListener& listener, Host host) {
    std::string const authority = absl::StrCat("127.0.0.1:", listener.port());
    listener.Serve([this, host, authority](HttpConnection& connection, RequestHead const& head) {
      Exchange(core, connection, host, authority, head).Run();
    });
  }

  Listeners listeners_;
};

FakeGitHub::FakeGitHub(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
FakeGitHub::~FakeGitHub() = default;

absl::StatusOr<std::unique_ptr<FakeGitHub>> FakeGitHub::Start(FakeGitHubOptions options) {
  World world;
  std::unique_ptr<Journal> journal;
  if (!options.state_dir.empty()) {
    ASSIGN_OR_RETURN(journal, Journal::Open(options.state_dir));
    RETURN_IF_ERROR(journal->Load(world));
  }
  ASSIGN_OR_RETURN(Listeners listeners, BindAll(options.port));
  auto impl = std::make_unique<Impl>(std::move(options), std::move(listeners), std::move(journal),
                                     std::move(world));
  return std::unique_ptr<FakeGitHub>(new FakeGitHub(std::move(impl)));
}

std::string FakeGitHub::api_url() const { return impl_->url(0); }
std::string FakeGitHub::uploads_url() const { return impl_->url(1); }
std::string FakeGitHub::web_url() const { return impl_->url(2); }
std::string FakeGitHub::storage_url() const { return impl_->url(3); }

void FakeGitHub::AddRepository(std::string const& repository, FakeRepository settings) {
  impl_->core.WithWorld([&](World& world) { world.AddRepository(repository, settings); });
}

void FakeGitHub::AddToken(FakeToken token) {
  impl_->core.WithWorld([&](World& world) { world.AddToken(token); });
}

void FakeGitHub::AddApp(FakeApp app) {
  impl_->core.WithWorld([&](World& world) { world.AddApp(app); });
}

void FakeGitHub::ExpireToken(std::string const& value) {
  absl::Time const now = Now();
  impl_->core.WithWorld([&](World& world) { world.ExpireToken(value, now); });
}

std::vector<FakeRelease> FakeGitHub::Releases(std::string const& repository) const {
  return impl_->core.WithWorld([&](World& world) {
    std::vector<FakeRelease> releases;
    Repository const* const found = world.FindRepository(repository);
    if (found == nullptr) return releases;
    for (auto const& [id, release] : found->releases) releases.push_back(release);
    return releases;
  });
}

std::optional<FakeRelease> FakeGitHub::Release(std::string const& repository,
                                               std::string const& tag) const {
  return impl_->core.WithWorld([&](World& world) -> std::optional<FakeRelease> {
    Repository* const found = world.FindRepository(repository);
    FakeRelease const* const release = found == nullptr ? nullptr : found->FindByTag(tag);
    return release == nullptr ? std::nullopt : std::optional<FakeRelease>(*release);
  });
}

absl::StatusOr<std::string> FakeGitHub::FileContent(std::string const& repository,
                                                    std::string const& path) const {
  auto const content = impl_->core.WithWorld([&](World& world) -> std::optional<std::string> {
    Repository const* const found = world.FindRepository(repository);
    if (found == nullptr || !found->files.contains(path)) return std::nullopt;
    return found->files.at(path).content;
  });
  if (content) return *content;
  return absl::NotFoundError(absl::StrCat("fake GitHub: ", repository, " has no file ", path));
}

int64_t FakeGitHub::PutRelease(std::string const& repository, FakeRelease release) {
  absl::Time const now = Now();
  return impl_->core.WithWorld([&](World& world) {
    return fake_github::PlantRelease(world, repository, std::move(release), now);
  });
}

int64_t FakeGitHub::PutAsset(std::string const& repository, std::string const& tag,
                             FakeAsset asset) {
  absl::Time const now = Now();
  return impl_->core.WithWorld([&](World& world) {
    return fake_github::PlantAsset(world, repository, tag, std::move(asset), now);
  });
}

bool FakeGitHub::RemoveAsset(std::string const& repository, int64_t id) {
  return impl_->core.WithWorld([&](World& world) {
    Repository* const found = world.FindRepository(repository);
    return found != nullptr && world.RemoveAsset(*found, id);
  });
}

bool FakeGitHub::RemoveRelease(std::string const& repository, int64_t id) {
  return impl_->core.WithWorld([&](World& world) {
    Repository* const found = world.FindRepository(repository);
    return found != nullptr && world.RemoveRelease(*found, id);
  });
}

void FakeGitHub::Plant(FakeFault fault) { impl_->core.Plant(std::move(fault)); }

absl::Status FakeGitHub::Plant(std::string const& rule) {
  ASSIGN_OR_RETURN(FakeFault fault, ParseFakeFault(rule));
  Plant(std::move(fault));
  return absl::OkStatus();
}
void FakeGitHub::ClearFaults() { impl_->core.ClearFaults(); }

void FakeGitHub::SetListLag(absl::Duration lag) { SetListLag(lag, lag, 1); }

void FakeGitHub::SetListLag(absl::Duration least, absl::Duration most, uint64_t seed) {
  impl_->core.WithWorld([&](World& world) { world.SetListLag(least, most, seed); });
}

void FakeGitHub::SetTagLag(absl::Duration lag) {
  impl_->core.WithWorld([&](World& world) { world.SetTagLag(lag); });
}

void FakeGitHub::SetLimits(FakeLimits limits) { impl_->core.SetLimits(limits); }

absl::Time FakeGitHub::Now() const { return impl_->core.Now(); }
void FakeGitHub::AdvanceClock(absl::Duration by) { impl_->core.AdvanceClock(by); }

FakeCounters FakeGitHub::counters() const { return impl_->core.counters(); }
void FakeGitHub::ResetCounters() { impl_->core.ResetCounters(); }
std::vector<FakeRequest> FakeGitHub::requests() const { return impl_->core.requests(); }

}  // namespace probefarm
