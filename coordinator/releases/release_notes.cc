#include "coordinator/releases/release_notes.h"

#include <algorithm>
#include <map>
#include <set>
#include <tuple>
#include <utility>
#include <vector>

#include "absl/strings/ascii.h"
#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_join.h"
#include "lib/driver/asset_name.h"
#include "lib/driver/kernel_age.h"
#include "lib/index/side_file_names.h"

namespace probefarm {
namespace {

constexpr size_t kMostRows = 80;
constexpr size_t kNewestKernels = 3;
constexpr size_t kLongestName = 120;
constexpr size_t kLongestUrl = 2000;

// One line of printable text without what ends a code span, a table's cell or a link.
std::string Plain(absl::string_view text, size_t longest = kLongestName) {
  std::string plain(text.substr(0, longest));
  for (char& c : plain) {
    bool const printable = absl::ascii_isprint(static_cast<unsigned char>(c));
    if (!printable || absl::StrContains("`|<>\\", absl::string_view(&c, 1))) c = '?';
  }
  return plain;
}

std::string Code(absl::string_view text) {
  std::string const plain = Plain(text);
  return plain.empty() ? "" : absl::StrCat("`", plain, "`");
}

std::string ShellWord(absl::string_view text, size_t longest = kLongestUrl) {
  std::string word = "'";
  for (char const c : Plain(text, longest)) word += c == '\'' ? '?' : c;
  return word + "'";
}

// What one operating system has in the release.
struct Share {
  std::set<std::string, OlderKernelFirst> kernels;
  int64_t probes = 0;
  int64_t modules = 0;
};

using Shares = std::map<std::pair<std::string, std::string>, Share>;  // by target and arch

Shares SharesOf(ReleaseIndex const& index) {
  Shares shares;
  for (IndexedProbe const& indexed : index.probes) {
    ProbeId const& probe = indexed.probe;
    Share& share = shares[{probe.target, std::string(ArchName(probe.arch))}];
    share.kernels.insert(probe.kernel_release);
    ++(probe.kind == Kind::kBpf ? share.probes : share.modules);
  }
  return shares;
}

std::string NewestOf(Share const& share) {
  std::vector<std::string> newest;
  for (auto kernel = share.kernels.rbegin();
       kernel != share.kernels.rend() && newest.size() < kNewestKernels; ++kernel)
    newest.push_back(Code(*kernel));
  return absl::StrJoin(newest, ", ");
}

std::string Table(Shares const& shares) {
  std::string table =
      "| Operating system | Arch | Kernels | eBPF probes | Kernel modules | Newest kernels |\n"
      "| --- | --- | ---: | ---: | ---: | --- |\n";
  size_t rows = 0;
  for (auto const& [place, share] : shares) {
    if (rows++ == kMostRows) break;
    absl::StrAppend(&table, "| ", Code(place.first), " | ", place.second, " | ",
                    share.kernels.size(), " | ", share.probes, " | ", share.modules, " | ",
                    NewestOf(share), " |\n");
  }
  if (shares.size() > kMostRows)
    absl::StrAppend(&table, "\nand ", shares.size() - kMostRows, " more.\n");
  return table;
}

// The one that was published last, which is there for whoever looks now.
IndexedProbe const& Example(ReleaseIndex const& index) {
  return *std::max_element(
      index.probes.begin(), index.probes.end(), [](IndexedProbe const& a, IndexedProbe const& b) {
        return std::tie(a.published_at, b.asset_name) < std::tie(b.published_at, a.asset_name);
      });
}

// Of the release's files: the asset's URL less its name.
std::string FolderOf(IndexedProbe const& indexed) {
  return indexed.url.substr(0, indexed.url.rfind('/') + 1);
}

// What `--repository` takes.
std::string RepositoryOf(std::string const& folder) {
  return folder.substr(0, folder.find("/releases/download/"));
}

std::string Fetch(std::string const& folder, std::string const& name) {
  return absl::StrCat("    curl -fLO ", ShellWord(folder + EncodeUrlPath(name)), "\n");
}

std::string Signature(ReleaseIndex const& index, IndexedProbe const& example,
                      std::string const& folder, std::string const& key_id) {
  if (key_id.empty()) return "\nNobody has signed these files.\n";
  return absl::StrCat(
      "\n`SHA256SUMS` is signed with key ", Code(key_id),
      ". With the public key of whoever publishes here, as they show it elsewhere, say in "
      "`farm.pub`:\n\n",
      Fetch(folder, kSha256SumsSignatureName),
      "    openssl pkeyutl -verify -pubin -inkey farm.pub -rawin -in SHA256SUMS -sigfile "
      "SHA256SUMS.sig\n\n",
      "or all at once, with what each file was built from:\n\n    probefarm verify ",
      ShellWord(example.asset_name), " --tag ", ShellWord(index.tag), " --repository ",
      ShellWord(RepositoryOf(folder)), " --public-key farm.pub\n");
}

std::string Downloads(ReleaseIndex const& index, std::string const& key_id) {
  IndexedProbe const& example = Example(index);
  std::string const folder = FolderOf(example);
  return absl::StrCat("\nAll of them, with what each was built from, are listed in [index.json](<",
                      Plain(folder, kLongestUrl), kIndexName, ">).\n\n### Download and verify\n\n",
                      Fetch(folder, example.asset_name), Fetch(folder, kSha256SumsName),
                      "    sha256sum -c --ignore-missing SHA256SUMS\n",
                      Signature(index, example, folder, key_id));
}

}  // namespace

std::string RenderReleaseNotes(ReleaseIndex const& index, std::string const& key_id) {
  if (index.probes.empty()) return "This release holds no driver at present.\n";
  Shares const shares = SharesOf(index);
  return absl::StrCat("Falco drivers of version ", Code(index.probes.front().probe.driver_version),
                      ": ", index.probes.size(), " files for ", shares.size(),
                      shares.size() == 1 ? " operating system.\n\n" : " operating systems.\n\n",
                      Table(shares), Downloads(index, key_id));
}

}  // namespace probefarm
