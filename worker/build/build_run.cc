#include "worker/build/build_run.h"

#include <utility>
#include <vector>

#include "absl/status/status.h"
#include "absl/status/statusor.h"
#include "absl/strings/str_cat.h"
#include "lib/files/durable_file.h"
#include "lib/runtime/status_macros.h"
#include "worker/artifact/artifact_check.h"
#include "worker/build/artifact_copy.h"
#include "worker/build/container_run.h"
#include "worker/build/failure_reason.h"
#include "worker/build/scoped_file.h"
#include "worker/inputs/build_volume.h"
#include "worker/inputs/header_tree.h"
#include "worker/inputs/scoped_container.h"

namespace probefarm {
namespace {

constexpr int kHeaderTries = 3;

// Archives whose files stay in the cache meanwhile.
struct FetchedArchives {
  std::vector<LocalArchive> archives;
  std::vector<CachedFile> pins;
};

class BuildRun {
 public:
  BuildRun(BuildSpec const& spec, BuildRunContext const& context)
      : spec_(spec), context_(context), log_(spec.limits.log_bytes, context.log) {}

  BuildOutcome Run();

 private:
  absl::StatusOr<BuildOutcome> TryRun();
  absl::StatusOr<BuildOutcome> TryInContainer(FetchedArchives const& headers,
                                              FetchedArchives const& source);
  absl::StatusOr<BuildOutcome> RunInContainer(FetchedArchives const& source,
                                              std::string const& header_volume);
  absl::StatusOr<ScriptEnd> RunScript(std::string const& container);
  bool MayUseImage() const;
  absl::Status EnsureImage();
  absl::StatusOr<FetchedArchives> Fetch(std::vector<ArchiveInput> const& inputs);
  absl::Status CheckHeaders(std::string const& container, std::string const& header_volume) const;
  absl::StatusOr<BuildOutcome> TakeArtifact(std::string const& container);

  void Enter(BuildStage stage, BuildPhase phase, absl::string_view progress);
  ProgressSink Progress(BuildPhase phase) const;
  bool IsCancelled() const { return context_.cancelled && context_.cancelled(); }

  BuildSpec const& spec_;
  BuildRunContext const& context_;
  BuildLog log_;
  BuildStage stage_ = BuildStage::kImage;
};

BuildOutcome BuildRun::Run() {
  auto const tried = TryRun();
  if (!tried.ok() && IsCancelled()) return BuildCancelled();
  BuildOutcome outcome = tried.ok() ? *tried : ClassifyStatus(stage_, tried.status());
  if (auto const* failure = std::get_if<BuildFailure>(&outcome)) {
    log_.AppendLine(absl::StrCat("probefarm-worker: ", failure->code, ": ", failure->text));
  }
  return outcome;
}

absl::StatusOr<BuildOutcome> BuildRun::TryRun() {
  if (!MayUseImage()) return BuilderNotAllowed(spec_.image.id);
  Enter(BuildStage::kImage, BuildPhase::kFetching, "builder image");
  RETURN_IF_ERROR(EnsureImage());
  Enter(BuildStage::kInputs, BuildPhase::kFetching, "inputs");
  ASSIGN_OR_RETURN(FetchedArchives const headers, Fetch(spec_.headers));
  ASSIGN_OR_RETURN(FetchedArchives const source, Fetch(spec_.source));
  absl::StatusOr<BuildOutcome> outcome;
  for (int tries = 0; tries < kHeaderTries; ++tries) {
    outcome = TryInContainer(headers, source);
    if (!absl::IsAborted(outcome.status())) break;
  }
  return outcome;
}

// ABORTED: the header volume was removed between its filling and its use.
absl::StatusOr<BuildOutcome> BuildRun::TryInContainer(FetchedArchives const& headers,
                                                      FetchedArchives const& source) {
  Enter(BuildStage::kContainer, BuildPhase::kFetching, "header volume");
  ASSIGN_OR_RETURN(std::string const volume,
                   context_.headers->Ensure(headers.archives, spec_.image.id, context_.cancelled));
  return RunInContainer(source, volume);
}

// The volume goes after the container, which holds it. All is ready before a permit is taken, so
// that the script starts in the moment in which another build's has ended.
absl::StatusOr<BuildOutcome> BuildRun::RunInContainer(FetchedArchives const& source,
                                                      std::string const& header_volume) {
  ContainerEngine& engine = *context_.engine;
  std::string const name = BuildName(context_.lease);
  RETURN_IF_ERROR(engine.CreateVolume(name, BuildLabels(context_.lease)));
  ScopedVolume const build_volume(&engine, name);
  ASSIGN_OR_RETURN(std::string const id,
                   engine.CreateContainer(BuildContainer(spec_, context_.lease, header_volume)));
  ScopedContainer const container(&engine, id);
  RETURN_IF_ERROR(CheckHeaders(id, header_volume));
  RETURN_IF_ERROR(FillBuildVolume(engine, id, source.archives, spec_.script));
  Enter(BuildStage::kContainer, BuildPhase::kFetching, "waits for a slot");
  ASSIGN_OR_RETURN(BuildPermits::Permit permit, context_.permits->Take(context_.cancelled));
  Enter(BuildStage::kContainer, BuildPhase::kBuilding, "");
  ASSIGN_OR_RETURN(ScriptEnd const end, RunScript(id));
  permit.Return();
  if (end.exit.code != 0) return ClassifyScriptEnd(end, spec_.limits.timeout, log_.tail());
  return TakeArtifact(id);
}

absl::StatusOr<ScriptEnd> BuildRun::RunScript(std::string const& container) {
  absl::Status room;
  auto const ends = [&] {
    if (room.ok() && context_.room) room = context_.room();
    return !room.ok() || IsCancelled();
  };
  absl::StatusOr<ScriptEnd> end =
      RunContainer(*context_.engine, *context_.clock, container, spec_.limits.timeout, log_, ends);
  if (!end.ok() && !room.ok()) return room;
  return end;
}

bool BuildRun::MayUseImage() const {
  return context_.builders.empty() || context_.builders.contains(spec_.image.id);
}

absl::Status BuildRun::EnsureImage() {
  return context_.images->Ensure(spec_.image, context_.cancelled, Progress(BuildPhase::kFetching));
}

absl::StatusOr<FetchedArchives> BuildRun::Fetch(std::vector<ArchiveInput> const& inputs) {
  FetchedArchives fetched;
  for (auto const& input : inputs) {
    ASSIGN_OR_RETURN(CachedFile file, context_.inputs->Fetch(input.file, context_.cancelled,
                                                             Progress(BuildPhase::kFetching)));
    fetched.archives.push_back({input, file.path()});
    fetched.pins.push_back(std::move(file));
  }
  return fetched;
}

// Asked through the container that has the volume mounted: from here on nobody can remove it.
absl::Status BuildRun::CheckHeaders(std::string const& container,
                                    std::string const& header_volume) const {
  ASSIGN_OR_RETURN(bool const complete, context_.engine->PathExists(
                                            container, absl::StrCat("/kernel/", kCompleteMarker)));
  if (complete) return absl::OkStatus();
  context_.headers->Forget(header_volume);
  return absl::AbortedError(
      absl::StrCat("header volume ", header_volume, " was removed meanwhile; try again"));
}

absl::StatusOr<BuildOutcome> BuildRun::TakeArtifact(std::string const& container) {
  Enter(BuildStage::kCopy, BuildPhase::kChecking, "");
  RETURN_IF_ERROR(MakeFolders(context_.spool_dir));
  ASSIGN_OR_RETURN(BuiltArtifact artifact,
                   CopyArtifact(*context_.engine, container, absl::StrCat("/build/", spec_.output),
                                spec_.limits.output_bytes,
                                absl::StrCat(context_.spool_dir, "/", BuildName(context_.lease))));
  ScopedFile file(artifact.path);
  Enter(BuildStage::kCheck, BuildPhase::kChecking, "");
  RETURN_IF_ERROR(CheckArtifact(artifact.path, spec_.probe.kind, spec_.probe.arch, spec_.expect));
  file.Keep();
  log_.AppendLine(absl::StrCat(artifact.sha256, "  ", spec_.file_name));
  return artifact;
}

void BuildRun::Enter(BuildStage stage, BuildPhase phase, absl::string_view progress) {
  stage_ = stage;
  if (context_.on_phase) context_.on_phase(phase, progress);
}

ProgressSink BuildRun::Progress(BuildPhase phase) const {
  if (!context_.on_phase) return nullptr;
  return [this, phase](absl::string_view progress) { context_.on_phase(phase, progress); };
}

}  // namespace

BuildOutcome RunBuild(BuildSpec const& spec, BuildRunContext const& context) {
  return BuildRun(spec, context).Run();
}

}  // namespace probefarm
