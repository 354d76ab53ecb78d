#include "tests/testing/github/calls.h"

namespace probefarm::fake_github {
namespace {

Answer AnswerWithin(Scene const& scene, Call const& call, Access const& access, bool has_login) {
  Repository& repository = *access.repository;
  switch (call.kind) {
    case FakeCallKind::kGetRepository:
      return JsonAnswer(200, RepositoryJson(scene.urls, repository, has_login, access.may_write));
    case FakeCallKind::kGetContents:
    case FakeCallKind::kPutContents:
      return AnswerContentsCall(scene, call, repository);
    case FakeCallKind::kListAssets:
    case FakeCallKind::kGetAsset:
    case FakeCallKind::kPatchAsset:
    case FakeCallKind::kDeleteAsset:
    case FakeCallKind::kDownloadAsset:
      return AnswerAssetCall(scene, call, repository, access.may_write);
    default:
      return AnswerReleaseCall(scene, call, repository, access.may_write);
  }
}

}  // namespace

Answer AnswerCall(Scene const& scene, Call const& call, Caller const& caller) {
  if (call.host == Host::kWeb) return AnswerWebDownload(scene, call);
  if (call.host == Host::kStorage) return AnswerStorage(scene, call);
  if (call.kind == FakeCallKind::kCreateToken) return AnswerTokenCall(scene, call);
  if (call.kind == FakeCallKind::kRateLimit) return AnswerRateLimit(scene, call, caller);
  Access const access = AccessRepository(scene.world, call, caller);
  if (access.repository == nullptr) return access.refused;
  return AnswerWithin(scene, call, access, caller.token.has_value());
}

}  // namespace probefarm::fake_github
