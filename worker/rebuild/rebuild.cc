#include "worker/rebuild/rebuild.h"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <memory>
#include <system_error>
#include <utility>
#include <variant>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "lib/build/build_spec.h"
#include "lib/http/http_client.h"
#include "lib/runtime/clock.h"
#include "lib/runtime/status_macros.h"
#include "worker/artifact/mapped_file.h"
#include "worker/build/build_run.h"
#include "worker/build/leftovers.h"
#include "worker/build/scoped_file.h"
#include "worker/engine/docker_engine.h"
#include "worker/rebuild/byte_comparison.h"
#include "worker/rebuild/input_folder.h"
#include "worker/rebuild/published_build.h"
#include "worker/worker_id.h"

namespace probefarm {
namespace {

constexpr int64_t kMaxAsset = int64_t{256} << 20;

// A spec to build, and what it is to give.
struct Claim {
  BuildSpec spec;
  std::string sha256;
  std::string url;  // of the published file; empty: not known
};

class Rebuilding {
 public:
  Rebuilding(RebuildOptions const& options, std::ostream& out, std::ostream& errors)
      : options_(options), out_(out), errors_(errors) {}

  RebuildEnd Run();

 private:
  absl::StatusOr<Claim> FindClaim();
  absl::StatusOr<Claim> ClaimOfFile();
  absl::StatusOr<Claim> ClaimOfIndex(std::string const& name);
  absl::Status Open(BuildSpec const& spec);
  BuildOutcome Build(BuildSpec const& spec);
  RebuildEnd Compare(Claim const& claim, BuiltArtifact const& built);
  std::string WhereTheyDiffer(Claim const& claim, BuiltArtifact const& built);
  RebuildEnd Different(absl::string_view what, absl::string_view why);
  RebuildEnd Unknown(absl::string_view why);
  RebuildEnd Fail(BuildFailure const& failure);

  RebuildOptions const& options_;
  std::ostream& out_;
  std::ostream& errors_;
  SystemClock clock_;
  std::unique_ptr<HttpClient> http_;
  std::unique_ptr<ContainerEngine> engine_;
  std::unique_ptr<InputCache> inputs_;
  std::string worker_id_;
};

RebuildEnd Rebuilding::Run() {
  http_ = MakeHttpClient(absl::StrCat("probefarm-worker/", options_.version));
  absl::StatusOr<Claim> const claim = FindClaim();
  if (!claim.ok()) {
    errors_ << "probefarm-worker: rebuild " << options_.what << ": " << claim.status().message()
            << '\n';
    return RebuildEnd::kUsage;
  }
  out_ << "probe      " << claim->spec.file_name << "\npublished  " << claim->sha256 << '\n';
  if (absl::Status const opened = Open(claim->spec); !opened.ok())
    return absl::IsDataLoss(opened) ? Different("inputs", opened.message())
                                    : Unknown(opened.message());
  BuildOutcome const outcome = Build(claim->spec);
  if (auto const* built = std::get_if<BuiltArtifact>(&outcome)) return Compare(*claim, *built);
  if (auto const* failure = std::get_if<BuildFailure>(&outcome)) return Fail(*failure);
  return Unknown("it was interrupted");
}

absl::StatusOr<Claim> Rebuilding::FindClaim() {
  std::error_code unreadable;
  if (std::filesystem::is_regular_file(options_.what, unreadable)) return ClaimOfFile();
  if (options_.index.empty())
    return absl::InvalidArgumentError("no such file; a name needs --index, the release's URL");
  return ClaimOfIndex(options_.what);
}

absl::StatusOr<Claim> Rebuilding::ClaimOfFile() {
  std::ifstream file(options_.what, std::ios::binary);
  std::string const text{std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
  ASSIGN_OR_RETURN(BuildSpec spec, ParseBuildSpec(text));
  if (!options_.sha256.empty()) return Claim{std::move(spec), options_.sha256, ""};
  if (options_.index.empty())
    return absl::InvalidArgumentError("nothing to compare with: give --sha256 or --index");
  ASSIGN_OR_RETURN(Claim claim, ClaimOfIndex(spec.file_name));
  claim.spec = std::move(spec);
  return claim;
}

absl::StatusOr<Claim> Rebuilding::ClaimOfIndex(std::string const& name) {
  ASSIGN_OR_RETURN(PublishedBuild const published,
                   FindPublishedBuild(*http_, options_.index, name));
  ASSIGN_OR_RETURN(BuildSpec spec, ParseBuildSpec(published.spec));
  std::string const sha256 = options_.sha256.empty() ? published.sha256 : options_.sha256;
  return Claim{std::move(spec), sha256, published.url};
}

absl::Status Rebuilding::Open(BuildSpec const& spec) {
  ASSIGN_OR_RETURN(engine_, MakeDockerEngine(options_.engine));
  RETURN_IF_ERROR(engine_->Version().status());
  ASSIGN_OR_RETURN(std::string const kept, KeptWorkerId(options_.cache_dir));
  worker_id_ = absl::StrCat(kept, "-rebuild");
  RETURN_IF_ERROR(
      RemoveLeftovers(*engine_, worker_id_, absl::StrCat(options_.cache_dir, "/spool")));
  InputCache::Options cache;
  cache.folder = absl::StrCat(options_.cache_dir, "/inputs");
  ASSIGN_OR_RETURN(inputs_, InputCache::Open(std::move(cache), http_.get(), &clock_));
  if (options_.inputs_dir.empty()) return absl::OkStatus();
  return TakeInputsFrom(options_.inputs_dir, spec, *inputs_);
}

BuildOutcome Rebuilding::Build(BuildSpec const& spec) {
  BuilderImages images(engine_.get(), inputs_.get());
  HeaderVolumes headers(
      engine_.get(), &clock_,
      {.worker_id = worker_id_, .ledger_folder = absl::StrCat(options_.cache_dir, "/headers")});
  BuildPermits permits(1);
  std::ofstream log;
  if (!options_.log.empty()) log.open(options_.log, std::ios::binary);
  BuildRunContext context;
  context.engine = engine_.get();
  context.inputs = inputs_.get();
  context.images = &images;
  context.headers = &headers;
  context.permits = &permits;
  context.clock = &clock_;
  context.lease = {worker_id_, 0, 0};
  context.spool_dir = absl::StrCat(options_.cache_dir, "/spool");
  context.cancelled = options_.cancelled;
  context.log = [&log](absl::string_view bytes) {
    log.write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
  };
  return RunBuild(spec, context);
}

RebuildEnd Rebuilding::Compare(Claim const& claim, BuiltArtifact const& built) {
  ScopedFile const spooled(built.path);
  out_ << "built      " << built.sha256 << '\n';
  if (built.sha256 == claim.sha256) {
    out_ << "the same\n";
    return RebuildEnd::kSame;
  }
  return Different("bytes", WhereTheyDiffer(claim, built));
}

std::string Rebuilding::WhereTheyDiffer(Claim const& claim, BuiltArtifact const& built) {
  std::string const inputs = "from the same inputs and the same builder image";
  if (claim.url.empty()) return inputs;
  HttpRequest get;
  get.url = claim.url;
  get.max_redirects = 5;
  get.max_body_bytes = kMaxAsset;
  absl::StatusOr<HttpResponse> const published = http_->Send(get);
  absl::StatusOr<MappedFile> const file = MappedFile::Open(built.path);
  if (!published.ok() || published->status != 200 || !file.ok()) return inputs;
  return absl::StrCat(inputs, ": ", DescribeDifference(file->bytes(), published->body));
}

RebuildEnd Rebuilding::Different(absl::string_view what, absl::string_view why) {
  out_ << "different  " << what << ": " << why << '\n';
  return RebuildEnd::kDifferent;
}

RebuildEnd Rebuilding::Unknown(absl::string_view why) {
  errors_ << "probefarm-worker: rebuild " << options_.what << ": " << why << '\n';
  return RebuildEnd::kUnknown;
}

RebuildEnd Rebuilding::Fail(BuildFailure const& failure) {
  bool const machine = failure.failure_class == BuildFailure::Class::kMachine;
  if (absl::StartsWith(failure.code, "image_") && !machine)
    return Different("toolchain", failure.text);
  if (failure.failure_class != BuildFailure::Class::kPermanent) return Unknown(failure.text);
  if (absl::StartsWith(failure.code, "input_")) return Different("inputs", failure.text);
  return Different("build", absl::StrCat(failure.code, ": ", failure.text));
}

}  // namespace

RebuildEnd Rebuild(RebuildOptions const& options, std::ostream& out, std::ostream& errors) {
  return Rebuilding(options, out, errors).Run();
}

}  // namespace probefarm
