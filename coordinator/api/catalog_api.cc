#include "coordinator/api/catalog_api.h"

#include <re2/re2.h>

#include <memory>
#include <utility>

#include "absl/strings/numbers.h"
#include "absl/strings/str_cat.h"
#include "coordinator/api/page_token.h"
#include "coordinator/api/releases_call.h"
#include "coordinator/api/wire.h"
#include "coordinator/api/withdraw_call.h"
#include "lib/rpc/status.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

constexpr char kKernelList[] = "kernels";
constexpr char kProbeList[] = "probes";
constexpr char kWithdrawalList[] = "withdrawals";
constexpr int kDefaultPage = 500;
constexpr int kMaxPage = 1000;

bool Matches(Kernel const& kernel, AssetFilter const& filter, RE2 const& regex) {
  if (!filter.target.empty() && kernel.host.target != filter.target) return false;
  if (filter.arch && kernel.host.arch != *filter.arch) return false;
  return RE2::PartialMatch(kernel.host.release, regex);
}

// What a page of a listing is asked for with.
struct Listing {
  AssetFilter filter;
  PageRequest page;
};

template <class Request>
absl::StatusOr<Listing> ListingOf(char const* list, Request const& request) {
  Listing listing;
  ASSIGN_OR_RETURN(listing.filter, ToAssetFilter(request.filter()));
  ASSIGN_OR_RETURN(listing.page.limit, CheckPageSize(request.page_size(), kDefaultPage, kMaxPage));
  ASSIGN_OR_RETURN(listing.page.cursor, CursorOf(list, request.filter(), request.page_token()));
  return listing;
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
  absl::StatusOr<Listing> listing = ListingOf(kProbeList, *request);
  if (!listing.ok()) {
    reactor->Finish(ToGrpc(listing.status()));
    return reactor;
  }
  store_.ListAssets(std::move(listing->filter), std::move(listing->page),
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

grpc::ServerUnaryReactor* CatalogApi::WithdrawProbe(grpc::CallbackServerContext* context,
                                                    v1::WithdrawProbeRequest const* request,
                                                    v1::WithdrawProbeResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  executor_.Run([this, reactor, request, response] {
    reactor->Finish(ToGrpc(probefarm::WithdrawProbe(withdrawer_, *request, *response)));
  });
  return reactor;
}

grpc::ServerUnaryReactor* CatalogApi::ListWithdrawals(grpc::CallbackServerContext* context,
                                                      v1::ListWithdrawalsRequest const* request,
                                                      v1::ListWithdrawalsResponse* response) {
  grpc::ServerUnaryReactor* const reactor = context->DefaultReactor();
  absl::StatusOr<Listing> listing = ListingOf(kWithdrawalList, *request);
  if (!listing.ok()) {
    reactor->Finish(ToGrpc(listing.status()));
    return reactor;
  }
  store_.ListWithdrawals({.asset = std::move(listing->filter)}, std::move(listing->page),
                         [reactor, request, response](absl::StatusOr<WithdrawalPage> page) {
                           if (page.ok()) {
                             for (Withdrawal const& withdrawal : page->withdrawals)
                               *response->add_withdrawn() = ToWire(withdrawal);
                             response->set_next_page_token(
                                 PageToken(kWithdrawalList, request->filter(), page->next_cursor));
                           }
                           reactor->Finish(ToGrpc(page.status()));
                         });
  return reactor;
}

}  // namespace probefarm
