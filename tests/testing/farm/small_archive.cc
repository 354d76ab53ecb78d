#include "tests/testing/farm/small_archive.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <utility>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "absl/time/clock.h"
#include "lib/runtime/status_macros.h"

namespace probefarm {
namespace {

namespace fs = std::filesystem;

constexpr char kSuite[] = "bookworm";
constexpr char kKbuild[] = "linux-kbuild-6.1";
constexpr char kDriver[] = "falcosecurity-scap-dkms";

std::string ReadWhole(fs::path const& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

void FillIn(fs::path const& file, SmallKernel const& kernel) {
  std::string const text =
      absl::StrReplaceAll(ReadWhole(file), {{"@ABI@", absl::StrCat(kernel.abi)},
                                            {"@HOLD@", kernel.holds_builds ? "held" : "free"},
                                            {"BYTES_BESIDES", absl::StrCat(kernel.module_bytes)},
                                            {"FILLED_IN", kernel.renames_task_state ? "1" : "0"}});
  std::ofstream(file, std::ios::binary | std::ios::trunc) << text;
}

bool IsOf(absl::string_view path, std::set<std::string> const& packages) {
  return std::any_of(packages.begin(), packages.end(), [path](std::string const& package) {
    return absl::StrContains(path, absl::StrCat("/", package, "_"));
  });
}

}  // namespace

std::string ReleaseOf(SmallKernel const& kernel) {
  return absl::StrCat("6.1.0-", kernel.abi, "-cloud-amd64");
}

SmallArchive::SmallArchive(std::string folder)
    : folder_(std::move(folder)),
      repository_(folder_),
      server_([this](ScriptedExchange& exchange) { Answer(exchange); }) {}

absl::Status SmallArchive::Publish(std::vector<SmallKernel> const& kernels, std::string const& name,
                                   std::string const& driver_lacks) {
  name_ = name;
  RETURN_IF_ERROR(repository_.MakeKeys());
  RETURN_IF_ERROR(AddDriver(driver_lacks));
  std::string const kbuild = MakeTree({}, "kbuild", absl::StrCat("usr/lib/", kKbuild));
  RETURN_IF_ERROR(
      repository_.AddPackage(kSuite, {kKbuild, "6.1.1-1", /*depends=*/"", "amd64", kbuild}));
  for (SmallKernel const& kernel : kernels) RETURN_IF_ERROR(AddHeaders(kernel));
  absl::Time const now = absl::Now();
  return repository_.Publish({kSuite, now - absl::Hours(1), now + absl::Hours(24)});
}

absl::Status SmallArchive::AddDriver(std::string const& lacks) {
  std::string const tree = MakeTree({}, "driver", "usr/src/scap-8.0.0");
  if (!lacks.empty()) fs::remove(absl::StrCat(tree, "/usr/src/scap-8.0.0/", lacks));
  return repository_.AddPackage(kSuite, {kDriver, "8.0.0-1", /*depends=*/"", "amd64", tree});
}

absl::Status SmallArchive::AddHeaders(SmallKernel const& kernel) {
  std::string const version = absl::StrCat("6.1.", kernel.abi, "-1");
  std::string const package = absl::StrCat("linux-headers-", ReleaseOf(kernel));
  std::string const common = absl::StrCat("linux-headers-6.1.0-", kernel.abi, "-common");
  std::string const tree = MakeTree(kernel, "cloud", absl::StrCat("usr/src/", package));
  fs::create_symlink(absl::StrCat("../../lib/", kKbuild),
                     absl::StrCat(tree, "/usr/src/", package, "/scripts"));
  RETURN_IF_ERROR(repository_.AddPackage(
      kSuite,
      {package, version, absl::StrCat(common, " (= ", version, "), ", kKbuild, " (>= 6.1.1-1)"),
       "amd64", tree}));
  if (kernel.without_common) return absl::OkStatus();
  return repository_.AddPackage(kSuite,
                                {common, version, /*depends=*/"", "amd64",
                                 MakeTree(kernel, "common", absl::StrCat("usr/src/", common))});
}

// A copy of packages/<package> at `destination` below a folder of its own.
std::string SmallArchive::MakeTree(SmallKernel const& kernel, std::string const& package,
                                   std::string const& destination) {
  std::string tree = absl::StrCat(folder_, "/trees/", package, "-", kernel.abi);
  fs::path const below = absl::StrCat(tree, "/", destination);
  fs::create_directories(below);
  fs::copy(absl::StrCat(PACKAGES_DIR "/", package), below, fs::copy_options::recursive);
  for (fs::directory_entry const& entry : fs::recursive_directory_iterator(below))
    if (entry.is_regular_file()) FillIn(entry.path(), kernel);
  std::ofstream(below / "README") << name_ << '\n';
  return tree;
}

void SmallArchive::Lose(std::string const& package) {
  MutexLock lock(mu_);
  lost_.insert(package);
}

void SmallArchive::Spoil(std::string const& package) {
  MutexLock lock(mu_);
  spoilt_.insert(package);
}

void SmallArchive::Answer(ScriptedExchange& exchange) {
  std::string const& path = exchange.request().target;
  bool lost = false;
  bool spoilt = false;
  {
    MutexLock lock(mu_);
    lost = IsOf(path, lost_);
    spoilt = IsOf(path, spoilt_);
  }
  fs::path const file = repository_.root() + path;
  if (lost || !fs::is_regular_file(file)) return exchange.Answer(404);
  std::string content = ReadWhole(file);
  if (spoilt) content.back() ^= 1;
  exchange.Answer(200, content);
}

}  // namespace probefarm
