#include "coordinator/server.h"

#include <optional>
#include <utility>
#include <vector>

#include "absl/strings/str_cat.h"
#include "coordinator/api/catalog_api.h"
#include "coordinator/api/job_api.h"
#include "coordinator/api/worker_api.h"
#include "coordinator/api/worker_gate.h"
#include "coordinator/backfill/backfiller.h"
#include "coordinator/backfill/enqueuer.h"
#include "coordinator/background.h"
#include "coordinator/builders.h"
#include "coordinator/feeds/debian/debian_feed.h"
#include "coordinator/inventory/inventory_refresh.h"
#include "coordinator/leasing/dispatcher.h"
#include "coordinator/leasing/expiry_sweep.h"
#include "coordinator/leasing/farm_gauges.h"
#include "coordinator/publishing/publisher.h"
#include "coordinator/release_place.h"
#include "coordinator/releases/log_bundler.h"
#include "coordinator/releases/reconciler.h"
#include "coordinator/releases/recorded_assets.h"
#include "coordinator/releases/room_watch.h"
#include "coordinator/releases/side_files.h"
#include "coordinator/releases/withdrawal_removal.h"
#include "coordinator/releases/withdrawer.h"
#include "coordinator/retention.h"
#include "coordinator/rpc_server.h"
#include "coordinator/server_tls.h"
#include "coordinator/store/await.h"
#include "coordinator/store/sqlite/sqlite_store.h"
#include "coordinator/web/asset_redirects.h"
#include "coordinator/web/health_pages.h"
#include "coordinator/web/http_server.h"
#include "coordinator/web/input_pages.h"
#include "coordinator/web/release_pages.h"
#include "coordinator/web/upload_endpoint.h"
#include "coordinator/web/withdrawn_assets.h"
#include "lib/driver/asset_name.h"
#include "lib/files/durable_file.h"
#include "lib/index/side_file_names.h"
#include "lib/index/tombstone.h"
#include "lib/runtime/log.h"
#include "lib/runtime/status_macros.h"
#include "lib/signing/key_files.h"
#include "lib/tls/transport_rule.h"

namespace probefarm {
namespace {

constexpr int kBlockingThreads = 4;
constexpr absl::Duration kReadinessTimeout = absl::Seconds(3);

// A wildcard is an address to listen at, not one to be reached at.
std::string ReachableUrl(std::string const& http, uint16_t port, bool tls) {
  std::string const host = HostOf(http);
  bool const wildcard = host == "0.0.0.0" || host == "[::]";
  if (wildcard) {
    Log(LogLevel::kWarning,
        "http.public_url is not set: only workers on this machine can fetch and upload",
        {{"http", http}});
  }
  return absl::StrCat(tls ? "https://" : "http://", wildcard ? "127.0.0.1" : host, ":", port);
}

DebianFeedOptions FeedOptions(DebianFeedConfig const& config, std::string cache_folder) {
  DebianFeedOptions options;
  options.name = config.name;
  if (auto const* urls = std::get_if<MirrorUrls>(&config.mirror)) {
    options.mirror = urls->main;
    options.security_mirror = urls->security;
  }
  for (std::string const& suite : config.suites)
    options.suites.push_back({suite, /*required=*/true});
  for (std::string const& suite : config.optional_suites)
    options.suites.push_back({suite, /*required=*/false});
  options.flavours = config.flavours;
  options.archs = config.archs;
  options.keyrings = {config.keyring};
  options.check_valid_until = config.check_valid_until;
  options.cache_folder = std::move(cache_folder);
  return options;
}

}  // namespace

// In the order of dependence: what is declared later uses what is declared earlier, and goes first.
struct CoordinatorServer::Parts {
  Parts(CoordinatorConfig config_in, ServerOptions options_in)
      : config(std::move(config_in)), options(std::move(options_in)) {}

  CoordinatorConfig const config;
  ServerOptions const options;
  SystemClock clock;
  Metrics metrics;
  std::unique_ptr<ServerTls> tls;  // null in plain text
  std::string http_address;
  std::string public_url;
  std::unique_ptr<HttpClient> http_client;
  std::unique_ptr<Store> store;
  std::unique_ptr<ReleasePlace> releases;
  std::optional<SigningKey> signing_key;
  LocalInputs local_inputs;
  std::vector<BuilderImage> builders;
  InventoryBoard inventory;
  PhaseBoard phases;
  std::vector<std::unique_ptr<DebianFeed>> feeds;
  std::unique_ptr<InventoryRefresh> refresh;
  std::unique_ptr<Dispatcher> dispatcher;
  std::unique_ptr<ExpirySweep> expiry;
  std::unique_ptr<FarmGauges> gauges;
  std::unique_ptr<RoomWatch> rooms;
  std::unique_ptr<LogBundler> log_bundler;
  std::unique_ptr<SideFiles> side_files;
  std::unique_ptr<ChangelogWriter> changelog;  // null when there is none
  std::unique_ptr<Adopter> adopter;
  std::unique_ptr<Reconciler> reconciler;
  std::unique_ptr<WithdrawalRemoval> removal;
  std::unique_ptr<Withdrawer> withdrawer;
  PeriodicTask* side_files_task = nullptr;  // of `background`
  std::unique_ptr<Publisher> publisher;
  std::unique_ptr<Backfiller> backfiller;
  std::unique_ptr<Enqueuer> enqueuer;
  std::unique_ptr<WorkerApi> worker_api;
  std::unique_ptr<WorkerGate> worker_gate;  // null when anyone may work
  std::unique_ptr<JobApi> job_api;
  std::unique_ptr<CatalogApi> catalog_api;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<HttpServer> http_server;
  std::unique_ptr<Background> background;
  std::unique_ptr<RpcServer> rpc_server;

  absl::Status OpenTls();
  absl::Status OpenSigning();
  absl::Status OpenState();
  // Tokens that are not this machine's alone travel over TLS.
  absl::Status CheckGrants() const;
  // Where a published file can be had.
  absl::StatusOr<std::string> UrlOf(std::string const& tag, std::string const& file);
  // Why it is gone, if it was withdrawn and is not there anew.
  std::optional<std::string> WhyGone(std::string const& tag, std::string const& file);
  std::string KeyId() const;  // empty when nothing is signed
  void MakeFeeds();
  void MakeServices();
  absl::Status ServeHttp(ListenSocket socket);
  void StartBackground();
  absl::Status ServeRpc();
};

absl::Status CoordinatorServer::Parts::OpenTls() {
  bool const wanted = !config.tls.certificate.empty();
  RETURN_IF_ERROR(CheckServerTransport({options.listen, options.http, wanted, options.insecure}));
  if (wanted) {
    ASSIGN_OR_RETURN(tls, ServerTls::Open(config.tls, clock, metrics));
  }
  return absl::OkStatus();
}

absl::Status CoordinatorServer::Parts::OpenSigning() {
  if (config.signing.key_file.empty()) {
    Log(LogLevel::kWarning,
        "signing.key_file is not set: nobody can tell who published a probe (probefarm-coordinator "
        "keygen)");
  } else {
    absl::StatusOr<SigningKey> key = ReadSigningKey(config.signing.key_file);
    if (!key.ok()) return Annotate(key.status(), "signing.key_file");
    signing_key = *std::move(key);
  }
  return absl::OkStatus();
}

std::string CoordinatorServer::Parts::KeyId() const {
  return signing_key ? signing_key->public_key().id() : "";
}

absl::Status CoordinatorServer::Parts::OpenState() {
  std::string const user_agent = absl::StrCat("probefarm-coordinator/", options.version);
  http_client = MakeHttpClient(user_agent);
  RETURN_IF_ERROR(Annotate(MakeFolders(options.data_dir), "data directory"));
  SqliteStoreOptions store_options;
  store_options.policy.attempts = config.leases.attempts;
  store_options.policy.max_log_bytes = 2 * config.build_limits.log_bytes;
  store_options.policy.unheard_grace = config.leases.ttl;
  ASSIGN_OR_RETURN(store,
                   SqliteStore::Open(options.data_dir + "/probefarm.db", clock, store_options));
  RETURN_IF_ERROR(
      Await<bool>([&](auto done) { store->SideFilesSignedBy(KeyId(), std::move(done)); }).status());
  ASSIGN_OR_RETURN(releases,
                   ReleasePlace::Open(config.releases, {options.data_dir, public_url, user_agent},
                                      clock, metrics));
  RETURN_IF_ERROR(CheckGrants());
  ASSIGN_OR_RETURN(builders, ServeBuilders(config.builders, public_url, local_inputs));
  return absl::OkStatus();
}

absl::Status CoordinatorServer::Parts::CheckGrants() const {
  if (tls || !releases->grants_hold_tokens() || IsLoopbackForGrpc(options.listen))
    return absl::OkStatus();
  return absl::InvalidArgumentError(
      absl::StrCat("--listen ", options.listen,
                   ": upload grants hold a token of GitHub's, which does not travel in plain text: "
                   "set tls in the configuration"));
}

absl::StatusOr<std::string> CoordinatorServer::Parts::UrlOf(std::string const& tag,
                                                            std::string const& file) {
  if (IsSideFileName(file)) return releases->UrlOf(tag, file);
  ASSIGN_OR_RETURN(PublishedAsset const asset, Await<PublishedAsset>([&](auto done) {
                     store->FindAsset(tag, SanitizeAssetName(file), std::move(done));
                   }));
  return asset.url;
}

std::optional<std::string> CoordinatorServer::Parts::WhyGone(std::string const& tag,
                                                             std::string const& file) {
  AssetFilter const named{.tag = tag, .asset_name = SanitizeAssetName(file)};
  if (IsSideFileName(named.asset_name) || named.asset_name.empty()) return std::nullopt;
  absl::StatusOr<std::vector<Withdrawal>> const withdrawn =
      RecordedWithdrawals(*store, {.asset = named});
  if (!withdrawn.ok() || withdrawn->empty()) return std::nullopt;
  bool const is_there_anew = Await<PublishedAsset>([&](auto done) {
                               store->FindAsset(named.tag, named.asset_name, std::move(done));
                             }).ok();
  if (is_there_anew) return std::nullopt;
  metrics.Count("probefarm_withdrawn_requests_total", "Requests for probes that were withdrawn", {},
                1);
  return WithdrawnText(withdrawn->back().withdrawn_at, withdrawn->back().reason);
}

void CoordinatorServer::Parts::MakeFeeds() {
  std::vector<KernelFeed*> kernel_feeds;
  std::vector<PackageIndex*> packages;
  for (DebianFeedConfig const& feed : config.feeds.debian) {
    feeds.push_back(std::make_unique<DebianFeed>(
        *http_client, clock,
        FeedOptions(feed, absl::StrCat(options.data_dir, "/feeds/", feed.name))));
    kernel_feeds.push_back(feeds.back().get());
    packages.push_back(feeds.back().get());
  }
  refresh = std::make_unique<InventoryRefresh>(std::move(kernel_feeds), std::move(packages),
                                               config.drivers, *store, inventory, clock, metrics);
}

void CoordinatorServer::Parts::MakeServices() {
  dispatcher = std::make_unique<Dispatcher>(*store, clock);
  expiry = std::make_unique<ExpirySweep>(*store, phases, metrics, clock, config.leases.ttl);
  gauges = std::make_unique<FarmGauges>(*store, metrics);
  log_bundler = std::make_unique<LogBundler>(
      store.get(), &releases->host(), &clock, &metrics,
      LogBundlerOptions{{config.releases.log_bundles.logs, config.releases.log_bundles.age,
                         releases->most_log_bundles()}});
  side_files = std::make_unique<SideFiles>(store.get(), &releases->host(), &metrics,
                                           signing_key ? &*signing_key : nullptr);
  changelog = releases->MakeChangelog(*store);
  adopter = std::make_unique<Adopter>(
      store.get(), &releases->host(), &inventory, &clock,
      AdopterOptions{config.driver_name, config.releases.adopt_downloads});
  reconciler = std::make_unique<Reconciler>(store.get(), &releases->host(), adopter.get(), &clock,
                                            &metrics, signing_key ? &*signing_key : nullptr);
  rooms = std::make_unique<RoomWatch>(*store, releases->host(), metrics);
  removal = std::make_unique<WithdrawalRemoval>(store.get(), &releases->host(), &metrics);
  // Rare, and urgent: the side files do not wait for their interval.
  withdrawer = std::make_unique<Withdrawer>(store.get(), &releases->host(), &metrics,
                                            [this] { side_files_task->Wake(); });
  publisher = std::make_unique<Publisher>(*store, releases->host(), clock, metrics, [this] {
    if (releases->side_files_at_once()) side_files_task->Wake();
  });
  backfiller = std::make_unique<Backfiller>(
      *store, inventory, [this] { return reconciler->RunOnce(); }, builders,
      RecipeOptions{config.driver_name, config.compilers, config.build_limits});
  enqueuer = std::make_unique<Enqueuer>(
      *store, [this] { return backfiller->PresentOffer(); },
      EnqueuerOptions{config.driver_name, config.jobs.accept_specs});
  executor = std::make_unique<Executor>(kBlockingThreads);
  worker_api = std::make_unique<WorkerApi>(
      *store, *dispatcher, phases, *publisher, *executor, metrics, clock,
      WorkerApiOptions{config.leases.ttl, config.leases.acquire_wait_limit});
  if (!config.tls.ca.empty()) worker_gate = std::make_unique<WorkerGate>(*worker_api, metrics);
  job_api = std::make_unique<JobApi>(
      *store, *backfiller, *enqueuer, inventory, phases, *executor, clock,
      ServerFacts{options.version, clock.Now(), releases->download_url(),
                  [this] { return releases->host().Check(); }, KeyId(),
                  [this] { return reconciler->last_report(); }, [this] { return rooms->rooms(); }});
  catalog_api = std::make_unique<CatalogApi>(*store, inventory, *withdrawer, *executor,
                                             [this] { return reconciler->last_report(); });
}

absl::Status CoordinatorServer::Parts::ServeHttp(ListenSocket socket) {
  std::vector<ReadinessCheck> checks;
  checks.push_back({"store", [this] {
                      return AwaitFor<bool>(kReadinessTimeout,
                                            [&](auto done) { store->Ping(std::move(done)); })
                          .status();
                    }});
  checks.push_back({"release host", [this] { return releases->host().Check(); }});
  HttpRoutes routes;
  routes.Add(LivenessPage::kRoute, std::make_unique<LivenessPage>());
  routes.Add(ReadinessPage::kRoute, std::make_unique<ReadinessPage>(std::move(checks), &clock));
  routes.Add(MetricsPage::kRoute, std::make_unique<MetricsPage>(&metrics));
  routes.Add(InputPages::kRoute, std::make_unique<InputPages>(&local_inputs));
  std::unique_ptr<HttpHandler> downloads;
  if (DirectoryHost* const directory = releases->directory()) {
    downloads = std::make_unique<ReleasePages>(directory);
    routes.Add(UploadEndpoint::kRoute, std::make_unique<UploadEndpoint>(directory));
  } else {
    downloads = std::make_unique<AssetRedirects>(
        [this](std::string const& tag, std::string const& file) { return UrlOf(tag, file); });
  }
  routes.Add(ReleasePages::kRoute,
             std::make_unique<WithdrawnAssets>(
                 std::move(downloads), [this](std::string const& tag, std::string const& file) {
                   return WhyGone(tag, file);
                 }));
  ASSIGN_OR_RETURN(http_server,
                   HttpServer::Start(std::move(socket), std::move(routes), {},
                                     tls ? std::optional(tls->Pair()) : std::nullopt, &metrics));
  return absl::OkStatus();
}

void CoordinatorServer::Parts::StartBackground() {
  background = std::make_unique<Background>();
  // What the side files have just told of is removed at once.
  PeriodicTask* const removing = background->Add(absl::Seconds(5), [this] { removal->RunOnce(); });
  side_files_task = background->Add(releases->side_files_interval(), [this, removing] {
    // A catalog that was lost is found again first, with the help of these very files.
    if (reconciler->has_compared()) {
      log_bundler->RunOnce();
      side_files->RunOnce();
    }
    removing->Wake();
  });
  background->Add(absl::Seconds(5), [this] { releases->RunOnce(); });
  if (changelog) background->Add(releases->changelog_interval(), [this] { changelog->RunOnce(); });
  background->Add(absl::Seconds(1), [this] { dispatcher->RunOnce(); });
  background->Add(absl::Seconds(1), [this] { expiry->RunOnce(); });
  background->Add(absl::Seconds(5), [this] { gauges->RunOnce(); });
  background->Add(absl::Seconds(5), [this] { rooms->RunOnce(); });
  background->Add(absl::Minutes(1), [this] {
    PruneJobs(*store, {config.jobs.keep, config.jobs.keep_count});
    DropOldLogs(*store, clock.Now() - config.jobs.keep);
  });
  background->Add(absl::Seconds(5), [this] { publisher->RunOnce(); });
  background->Add(config.feeds.interval, [this] { refresh->RunOnce(); });
  background->Add(config.releases.reconcile_interval, [this] {
    if (absl::Status const compared = reconciler->RunOnce(); !compared.ok()) {
      Log(LogLevel::kError, "the catalog was not compared with the release host",
          {{"error", compared.ToString()}});
    }
  });
}

absl::Status CoordinatorServer::Parts::ServeRpc() {
  grpc::Service* workers = worker_api.get();
  if (worker_gate) workers = worker_gate.get();
  ASSIGN_OR_RETURN(
      rpc_server, RpcServer::Start(options.listen,
                                   tls ? tls->GrpcCredentials() : grpc::InsecureServerCredentials(),
                                   config.reflection, {workers, job_api.get(), catalog_api.get()}));
  return absl::OkStatus();
}

absl::StatusOr<std::unique_ptr<CoordinatorServer>> CoordinatorServer::Start(
    CoordinatorConfig config, ServerOptions options) {
  auto parts = std::make_unique<Parts>(std::move(config), std::move(options));
  RETURN_IF_ERROR(parts->OpenTls());
  ASSIGN_OR_RETURN(ListenSocket socket, ListenSocket::Bind(parts->options.http));
  parts->http_address = absl::StrCat(HostOf(parts->options.http), ":", socket.port());
  parts->public_url = parts->config.http.public_url.empty()
                          ? ReachableUrl(parts->options.http, socket.port(), parts->tls != nullptr)
                          : parts->config.http.public_url;
  std::unique_ptr<CoordinatorServer> server(new CoordinatorServer(std::move(parts)));
  Parts& made = *server->parts_;
  RETURN_IF_ERROR(made.OpenSigning());
  RETURN_IF_ERROR(made.OpenState());
  made.MakeFeeds();
  made.MakeServices();
  made.StartBackground();
  RETURN_IF_ERROR(made.ServeHttp(std::move(socket)));
  if (made.tls)
    made.background->Add(TlsWatch::kInterval, [&made] { made.tls->RunOnce(*made.http_server); });
  RETURN_IF_ERROR(made.ServeRpc());
  return server;
}

CoordinatorServer::CoordinatorServer(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

// Not serving, no grants, polls answered, calls finished; then the rest, and the store when nobody
// can ask it any more.
CoordinatorServer::~CoordinatorServer() {
  if (parts_->rpc_server) parts_->rpc_server->BeginShutdown();
  if (parts_->dispatcher) parts_->dispatcher->StopGranting();
  if (parts_->releases) parts_->releases->Stop();
  parts_->rpc_server.reset();
  parts_->background.reset();
  parts_->http_server.reset();
  parts_->executor.reset();
  if (parts_->store) parts_->store->Shutdown();
}

std::string const& CoordinatorServer::grpc_address() const { return parts_->rpc_server->address(); }
std::string const& CoordinatorServer::http_address() const { return parts_->http_address; }

}  // namespace probefarm
