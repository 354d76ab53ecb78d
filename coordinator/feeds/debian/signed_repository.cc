#include "coordinator/feeds/debian/signed_repository.h"

#include <filesystem>
#include <utility>

#include "absl/strings/str_cat.h"
#include "lib/runtime/status_macros.h"
#include "lib/runtime/subprocess.h"

namespace probefarm::debian {
namespace {

constexpr char kMakeKeys[] = R"sh(
mkdir -p -m 700 "$1/gnupg" "$1/archive"
for name in archive@test stranger@test; do
  gpg --homedir "$1/gnupg" --batch --passphrase '' --quick-gen-key "$name" ed25519 sign never
done
gpg --homedir "$1/gnupg" --batch --output "$1/keyring.gpg" --export archive@test
)sh";

constexpr char kAddPackage[] = R"sh(
rm -rf "$1/package"
mkdir -p "$1/package/DEBIAN" "$1/archive/pool/$2"
[ -z "$7" ] || cp -r "$7/." "$1/package"
cat > "$1/package/DEBIAN/control" <<END
Package: $3
Version: $4
Architecture: $5
Maintainer: nobody <nobody@test>
Description: made for a test
${6:+Depends: $6}
END
sed -i '/^$/d' "$1/package/DEBIAN/control"
dpkg-deb --root-owner-group --build "$1/package" "$1/archive/pool/$2/$3_$4_$5.deb"
)sh";

constexpr char kWriteSuite[] = R"sh(
cd "$1/archive"
index="dists/$2/main/binary-amd64"
rm -rf "dists/$2"
mkdir -p "$index" "pool/$2"
apt-ftparchive packages "pool/$2" > "$index/Packages"
xz --keep "$index/Packages"
option=APT::FTPArchive::Release
apt-ftparchive -o $option::Suite="$2" -o $option::Codename="$2" -o $option::Acquire-By-Hash="$3" \
  -o $option::Date="$4" release "dists/$2" > "$1/Release"
echo "Valid-Until: $5" | cat - "$1/Release" > "dists/$2/InRelease"
if [ "$3" = yes ]; then
  mkdir -p "$index/by-hash/SHA256"
  mv "$index/Packages.xz" "$index/by-hash/SHA256/$(sha256sum < "$index/Packages.xz" | cut -c 1-64)"
fi
)sh";

constexpr char kSign[] = R"sh(
file="$1/archive/dists/$2/InRelease"
mv "$file" "$1/Release"
home="$1/gnupg"
shift 2
for name in "$@"; do
  set -- "$@" --local-user "$name"
  shift
done
gpg --homedir "$home" --batch --yes "$@" --output "$file" --clearsign "${home%/gnupg}/Release"
)sh";

std::string FormatDate(absl::Time time) {
  return absl::FormatTime("%a, %d %b %Y %H:%M:%S UTC", time, absl::UTCTimeZone());
}

}  // namespace

SignedRepository::SignedRepository(std::string folder) : folder_(std::move(folder)) {}

SignedRepository::~SignedRepository() {
  RunSubprocess({.argv = {"gpgconf", "--homedir", folder_ + "/gnupg", "--kill", "gpg-agent"}})
      .IgnoreError();
}

absl::Status SignedRepository::MakeKeys() const { return Run(kMakeKeys, {}); }

absl::Status SignedRepository::AddPackage(std::string const& suite,
                                          RepositoryPackage const& package) const {
  return Run(kAddPackage, {suite, package.name, package.version, package.architecture,
                           package.depends, package.tree});
}

absl::Status SignedRepository::Publish(RepositoryRelease const& release) const {
  RETURN_IF_ERROR(Run(kWriteSuite, {release.suite, release.by_hash ? "yes" : "no",
                                    FormatDate(release.date), FormatDate(release.valid_until)}));
  if (release.signers.empty()) return absl::OkStatus();
  std::vector<std::string> arguments = {release.suite};
  arguments.insert(arguments.end(), release.signers.begin(), release.signers.end());
  return Run(kSign, arguments);
}

std::string SignedRepository::InRelease(std::string const& suite) const {
  return absl::StrCat(root(), "/dists/", suite, "/InRelease");
}

std::vector<std::string> SignedRepository::IndexFiles(std::string const& suite) const {
  std::vector<std::string> files;
  std::string const folder = absl::StrCat(root(), "/dists/", suite, "/main");
  for (auto const& entry : std::filesystem::recursive_directory_iterator(folder))
    if (entry.is_regular_file() && entry.path().filename() != "Packages")
      files.push_back(entry.path().string());
  return files;
}

absl::Status SignedRepository::Run(std::string const& script,
                                   std::vector<std::string> const& arguments) const {
  SubprocessCommand command;
  command.argv = {"sh", "-e", "-c", script, "sh", folder_};
  command.argv.insert(command.argv.end(), arguments.begin(), arguments.end());
  ASSIGN_OR_RETURN(SubprocessResult const result, RunSubprocess(command));
  if (result.exit_code == 0) return absl::OkStatus();
  return absl::InternalError(
      absl::StrCat("exit code ", result.exit_code, " of", script, ": ", result.errors));
}

}  // namespace probefarm::debian
