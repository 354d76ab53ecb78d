#include "coordinator/api/catalog_api.h"

#include <re2/re2.h>

#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "coordinator/api/page_token.h"
#include "coordinator/api/releases_call.h"
#include "coordinator/api/wire.h"
#include "lib/rpc/status.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kKernelList[] = "kernels";
constexpr char kProbeList[] = "probes";
constexpr int kDefaultPage = 500;
constexpr int kMaxPage = 1000;

bool Matches(Kernel const& kernel, AssetFilter const& filter, RE2 const& regex) {
  if (!filter.target.empty() && kernel.host.target != filter.target) return false;
  if (filter.arch && kernel.host.arch != *filter.arch) return false;
  return RE2::PartialMatch(kernel.host.release, regex);
}

}  // namespace

grpc::ServerUnaryReactor* CatalogApi::ListKernels(grpc::CallbackServerContext* context,
                                                  v1::ListKernelsRequest const* request,
                                                  v1::ListKernelsResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  reactor->Finish(ToGrpc(FillKernels(*request, *response)));
  return reactor;
}

absl::Status CatalogApi::FillKernels(v1::ListKernelsRequest const& request,
                                     v1::ListKernelsResponse& response) {
  ASSIGN_OR_RETURN(AssetFilter const filter, ToAssetFilter(request.filter()));
  ASSIGN_OR_RETURN(int const size, CheckPageSize(request.page_size(), kDefaultPage, kMaxPage));
  // A page begins at a place in the present list: a feed that is read meanwhile may shift it, which
  // a listing can bear.
  ASSIGN_OR_RETURN(std::string const cursor,
                   CursorOf(kKernelList, request.filter(), request.page_token()));
  size_t start = 0;
  if (!cursor.empty() && !absl::SimpleAtoi(cursor, &start))
    return absl::InvalidArgumentError(absl::StrCat("'", cursor, "' is no place in a list"));
  std::vector<Kernel> const kernels = AllKernels(*inventory_.Get());
  RE2 const regex(filter.kernel_regex);
  for (size_t i = start; i < kernels.size(); ++i) {
    if (!Matches(kernels[i], filter, regex)) continue;
    if (response.kernels_size() == size) {
      response.set_next_page_token(PageToken(kKernelList, request.filter(), absl::StrCat(i)));
      break;
    }
    *response.add_kernels() = ToWire(kernels[i]);
  }
  return absl::OkStatus();
}

grpc::ServerUnaryReactor* CatalogApi::ListProbes(grpc::CallbackServerContext* context,
                                                 v1::ListProbesRequest const* request,
                                                 v1::ListProbesResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  absl::StatusOr<AssetFilter> filter = ToAssetFilter(request->filter());
  absl::StatusOr<int> const size = CheckPageSize(request->page_size(), kDefaultPage, kMaxPage);
  absl::StatusOr<std::string> const cursor =
      CursorOf(kProbeList, request->filter(), request->page_token());
  for (absl::Status const& status : {filter.status(), size.status(), cursor.status()}) {
    if (status.ok()) continue;
    reactor->Finish(ToGrpc(status));
    return reactor;
  }
  store_.ListAssets(*std::move(filter), {*size, *cursor},
                    [reactor, request, response](absl::StatusOr<AssetPage> page) {
                      if (page.ok()) {
                        for (PublishedAsset const& asset : page->assets)
                          *response->add_probes() = ToWire(asset);
                        response->set_next_page_token(
                            PageToken(kProbeList, request->filter(), page->next_cursor));
                      }
                      reactor->Finish(ToGrpc(page.status()));
                    });
  return reactor;
}

grpc::ServerUnaryReactor* CatalogApi::GetReleases(grpc::CallbackServerContext* context,
                                                  v1::GetReleasesRequest const* /*request*/,
                                                  v1::GetReleasesResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  *response = ToWire(reconciled_());
  reactor->Finish(grpc::Status::OK);
  return reactor;
}

}  // namespace probefarm
