#include "coordinator/config/coordinator_config.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/config/temp_yaml_file.h"
#include "lib/runtime/row_name.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr char kDigest[] = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";

// Only what is required, each part on a line of its own for the tests of errors.
constexpr char kSmall[] = R"(drivers:
- version: 8.0.0+driver
  source: {deb: {suite: trixie, package: falcosecurity-scap-dkms}}
feeds:
  debian:
  - name: debian
    mirror: apt
    suites: [bookworm]
builders:
- {name: bookworm, archive: bookworm.tar}
releases:
  directory: {root: releases}
)";

absl::StatusOr<CoordinatorConfig> Load(absl::string_view text) {
  return LoadConfig(TempYamlFile(text).path());
}

std::string SmallWith(absl::string_view old_text, absl::string_view new_text) {
  std::string changed = absl::StrReplaceAll(kSmall, {{old_text, new_text}});
  EXPECT_NE(changed, kSmall) << old_text;
  return changed;
}

// kSmall with a driver that comes by URL.
std::string SmallWithUrls(absl::string_view old_text, absl::string_view new_text) {
  std::string const source = absl::StrCat("{urls: [https://x.example/a.tar.gz], sha256: ", kDigest,
                                          ", size: 2MB, format: tar, strip_prefix: a/driver/}");
  return SmallWith("{deb: {suite: trixie, package: falcosecurity-scap-dkms}}",
                   absl::StrReplaceAll(source, {{old_text, new_text}}));
}

TEST(LoadConfig, FillsInTheDefaults) {
  ASSERT_OK_AND_ASSIGN(CoordinatorConfig const config, Load(kSmall));
  EXPECT_EQ(config.driver_name, "falco");
  EXPECT_EQ(config.log_level, LogLevel::kInfo);
  EXPECT_EQ(config.build_limits, BuildLimits());
  EXPECT_EQ(config.leases, LeaseConfig());
  EXPECT_EQ(config.compilers, DefaultCompilers());
  EXPECT_EQ(config.feeds.interval, absl::Hours(1));
  EXPECT_THAT(config.drivers[0].kinds, ElementsAre(Kind::kBpf, Kind::kKmod));
  EXPECT_THAT(config.feeds.debian[0].archs, ElementsAre(Arch::kX86_64));
}

TEST(LoadConfig, ReadsADriverFromAPackage) {
  ASSERT_OK_AND_ASSIGN(CoordinatorConfig const config, Load(kSmall));
  EXPECT_EQ(config.drivers[0].version, "8.0.0+driver");
  EXPECT_EQ(config.drivers[0].source,
            SourceConfig(PackageSource{"trixie", "falcosecurity-scap-dkms"}));
}

TEST(LoadConfig, ReadsADriverFromUrls) {
  ASSERT_OK_AND_ASSIGN(
      CoordinatorConfig const config,
      Load(SmallWithUrls("[https://x.example/a.tar.gz]",
                         "[\"https://x.example/a.tar.gz?x=/y\", http://y.example/b]")));
  EXPECT_EQ(config.drivers[0].source,
            SourceConfig(ArchiveInput{{"a.tar.gz",
                                       kDigest,
                                       int64_t{2} << 20,
                                       {"https://x.example/a.tar.gz?x=/y", "http://y.example/b"}},
                                      ArchiveFormat::kTar,
                                      "a/driver/"}));
}

TEST(LoadConfig, ReadsAMirrorByItsUrls) {
  ASSERT_OK_AND_ASSIGN(
      CoordinatorConfig const config,
      Load(SmallWith("apt",
                     "{main: \"http://m.example/debian/\", security: \"http://s.example\"}")));
  EXPECT_EQ(config.feeds.debian[0].mirror,
            DebianMirror(MirrorUrls{"http://m.example/debian", "http://s.example"}));
}

TEST(LoadConfig, OrdersCompilersByKernel) {
  ASSERT_OK_AND_ASSIGN(
      CoordinatorConfig const config,
      Load(absl::StrCat(kSmall, "compilers: [{from: 5.4, gcc: 10}, {from: 5.10, gcc: 12}]")));
  EXPECT_THAT(config.compilers, ElementsAre(CompilerRule{{5, 4}, 10}, CompilerRule{{5, 10}, 12}));
}

TEST(LoadConfig, ReadsTheOtherKeys) {
  ASSERT_OK_AND_ASSIGN(
      CoordinatorConfig const config,
      Load(absl::StrCat(kSmall,
                        "driver_name: scap\nlog_level: debug\nreflection: true\n"
                        "http: {public_url: https://farm.example/}\n"
                        "build_limits: {memory: 1GB, cpus: 1.5, timeout: 5m}\n"
                        "leases: {ttl: 5s, max_attempts: 2, backoff_limit: 1m}\n")));
  EXPECT_EQ(config.driver_name, "scap");
  EXPECT_EQ(config.log_level, LogLevel::kDebug);
  EXPECT_TRUE(config.reflection);
  EXPECT_EQ(config.http.public_url, "https://farm.example");
  EXPECT_EQ(config.build_limits.memory_bytes, int64_t{1} << 30);
  EXPECT_EQ(config.build_limits.cpus, 1.5);
  EXPECT_EQ(config.build_limits.timeout, absl::Minutes(5));
  EXPECT_EQ(config.leases.ttl, absl::Seconds(5));
  EXPECT_EQ(config.leases.attempts.max_attempts, 2);
  EXPECT_EQ(config.leases.attempts.backoff.limit, absl::Minutes(1));
}

TEST(LoadConfig, ReadsHowManyAssetsAreReadAtAComparison) {
  EXPECT_EQ(Load(kSmall)->releases.adopt_downloads, 20);
  EXPECT_EQ(Load(SmallWith("  directory: {", "  adopt_downloads: 0\n  directory: {"))
                ->releases.adopt_downloads,
            0);
  EXPECT_THAT(Load(SmallWith("  directory: {", "  adopt_downloads: 1001\n  directory: {")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("adopt_downloads")));
}

TEST(LoadConfig, NamesEveryErrorAtOnce) {
  absl::Status const status = Load("reflection: maybe\nhttp: {port: 80}\n").status();
  for (char const* says :
       {":1: reflection: 'maybe' is neither true nor false", ":2: http.port: is not a known key",
        ":1: drivers: is missing", ":1: feeds: is missing", ":1: builders: is missing",
        ":1: releases: is missing"}) {
    EXPECT_THAT(status, StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr(says)));
  }
}

struct Mistake {
  std::string text;
  std::string says;
};

void PrintTo(Mistake const& mistake, std::ostream* out) { *out << mistake.says; }

class LoadConfigRefuses : public testing::TestWithParam<Mistake> {};

TEST_P(LoadConfigRefuses, AndNamesFileLineAndKey) {
  TempYamlFile const file(GetParam().text);
  EXPECT_THAT(LoadConfig(file.path()),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       HasSubstr(absl::StrCat(file.path(), ":", GetParam().says))));
}

std::string TwoDrivers() {
  return SmallWith("feeds:",
                   "- version: 8.0.0+driver\n"
                   "  source: {deb: {suite: sid, package: falcosecurity-scap-dkms}}\n"
                   "feeds:");
}

INSTANTIATE_TEST_SUITE_P(
    Drivers, LoadConfigRefuses,
    testing::Values(
        Mistake{SmallWith("  source:", "  colour: red\n  source:"),
                "3: drivers[0].colour: is not a known key"},
        Mistake{SmallWith("version: 8.0.0+driver", "kinds: [bpf]"),
                "2: drivers[0].version: is missing"},
        Mistake{SmallWith("8.0.0+driver", "8.0/driver"),
                "2: drivers[0].version: driver version '8.0/driver' is not"},
        Mistake{TwoDrivers(), "4: drivers[1].version: '8.0.0+driver' stands in two drivers"},
        Mistake{SmallWith("  source:", "  kinds: [wasm]\n  source:"),
                "3: drivers[0].kinds: unknown kind 'wasm'"},
        Mistake{SmallWith("  source:", "  kinds: []\n  source:"), "3: drivers[0].kinds: is empty"},
        Mistake{SmallWith("  source:", "  worker_labels: [trusted]\n  source:"),
                "3: drivers[0].worker_labels: 'trusted' is no label"},
        Mistake{SmallWith("  source:", "  kinds: [bpf, bpf]\n  source:"),
                "3: drivers[0].kinds: holds 'bpf' twice"},
        Mistake{SmallWith("{deb:", "{urls: [], deb:"),
                "3: drivers[0].source.deb: stands beside urls"},
        Mistake{SmallWith("{deb: {suite: trixie, package: falcosecurity-scap-dkms}}", "{}"),
                "3: drivers[0].source.deb: is missing, and so is urls"},
        Mistake{SmallWith("suite: trixie", "suite: ../x"),
                "3: drivers[0].source.deb.suite: '../x' cannot name a suite"},
        Mistake{SmallWith("package: falco", "package: /falco"),
                "3: drivers[0].source.deb.package: '/falcosecurity-scap-dkms' cannot name"},
        Mistake{SmallWithUrls(kDigest, "abc"),
                "3: drivers[0].source.sha256: is not 64 lower-case hexadecimal digits"},
        Mistake{SmallWithUrls("https://x.example/a.tar.gz", "/srv/a.tar.gz"),
                "3: drivers[0].source.urls: '/srv/a.tar.gz' is not an http or https URL"},
        Mistake{SmallWithUrls("/a.tar.gz", "/"),
                "3: drivers[0].source.urls: '' is not a file name"},
        Mistake{SmallWithUrls("2MB", "big"), "3: drivers[0].source.size: 'big' is not a size"},
        Mistake{SmallWithUrls("format: tar", "format: zip"),
                "3: drivers[0].source.format: is neither deb nor tar"},
        Mistake{SmallWithUrls("a/driver/", "../driver/"),
                "3: drivers[0].source.strip_prefix: is not a relative path"}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    Feeds, LoadConfigRefuses,
    testing::Values(
        Mistake{SmallWith("  debian:", "  slackware: []\n  debian:"),
                "5: feeds.slackware: is not a known key"},
        Mistake{SmallWith("  debian:", "  interval: 1 hour\n  debian:"),
                "5: feeds.interval: '1 hour' is not a duration"},
        Mistake{SmallWith("mirror: apt", "mirror: http://m.example"),
                "7: feeds.debian[0].mirror: is neither apt nor"},
        Mistake{SmallWith("apt", "{main: ftp://m.example, security: http://s.example}"),
                "7: feeds.debian[0].mirror.main: 'ftp://m.example' is not an http"},
        Mistake{SmallWith("[bookworm]", "[]"), "8: feeds.debian[0].suites: is empty"},
        Mistake{SmallWith("[bookworm]", "bookworm"), "8: feeds.debian[0].suites: is not a list"},
        Mistake{SmallWith("[bookworm]", "[bookworm]\n    optional_suites: [bookworm]"),
                "9: feeds.debian[0].optional_suites: 'bookworm' stands in suites too"},
        Mistake{SmallWith("[bookworm]", "[bookworm]\n    archs: [amd64]"),
                "9: feeds.debian[0].archs: unknown arch 'amd64'"},
        Mistake{SmallWith("[bookworm]", "[bookworm]\n    flavours: []"),
                "9: feeds.debian[0].flavours: is empty"},
        Mistake{SmallWith("[bookworm]", "[a]\n  - {name: debian, mirror: apt, suites: [a]}"),
                "9: feeds.debian[1].name: 'debian' stands in two feeds"}),
    RowName());

INSTANTIATE_TEST_SUITE_P(
    OtherParts, LoadConfigRefuses,
    testing::Values(
        Mistake{absl::StrCat(kSmall, "driver_name: ../x"),
                "13: driver_name: driver name '../x' is not"},
        Mistake{absl::StrCat(kSmall, "log_level: loud"), "13: log_level: is none of"},
        Mistake{absl::StrCat(kSmall, "http: {public_url: farm}"),
                "13: http.public_url: 'farm' is not an http or https URL"},
        Mistake{SmallWith("{name: bookworm, archive", "{name: x, archive: a}\n- {name: x, archive"),
                "11: builders[1].name: 'x' stands in two builders"},
        Mistake{SmallWith("archive: bookworm.tar", "archive: \"\""),
                "10: builders[0].archive: is empty"},
        Mistake{absl::StrCat(kSmall, "compilers: [{from: 6, gcc: 12}]"),
                "13: compilers[0].from: is not a kernel series"},
        Mistake{absl::StrCat(kSmall, "compilers: [{from: 6.1, gcc: clang}]"),
                "13: compilers[0].gcc: 'clang' is not a whole number"},
        Mistake{absl::StrCat(kSmall, "compilers: [{from: 6.1, gcc: 9}, {from: 6.1, gcc: 8}]"),
                "13: compilers[1].from: stands in two compilers"},
        Mistake{absl::StrCat(kSmall, "build_limits: {memory: 0}"),
                "13: build_limits.memory: '0' is not from"},
        Mistake{absl::StrCat(kSmall, "build_limits: {timeout: 1500ms}"),
                "13: build_limits.timeout: is not a whole number of seconds"},
        Mistake{absl::StrCat(kSmall, "leases: {ttl: 0s}"), "13: leases.ttl: '0s' is not from"},
        Mistake{absl::StrCat(kSmall, "leases: {backoff_base: 1h}"),
                "13: leases.backoff_limit: is shorter than backoff_base"},
        Mistake{SmallWith("directory: {root: releases}", "tape: {}"),
                "12: releases.directory: is missing"},
        Mistake{SmallWith("directory: {root: releases}", "host: tape"),
                "12: releases.host: 'tape' is neither directory nor github"},
        Mistake{SmallWith("directory: {root: releases}", "host: github"),
                "12: releases.github: is missing"},
        Mistake{SmallWith("directory: {root: releases}",
                          "host: github\n  github: {repositories: [o/r, o/r], credentials: "
                          "{token_env: T}}"),
                "13: releases.github.repositories: 'o/r' stands there twice"},
        Mistake{SmallWith("directory: {root: releases}",
                          "host: github\n  github: {repositories: [\"o/r?x\"], credentials: "
                          "{token_env: T}}"),
                "13: releases.github.repositories: 'o/r?x' is not owner/name"},
        Mistake{
            SmallWith("directory: {root: releases}",
                      "host: github\n  github: {repositories: [o/r], list_lag: 1ms, credentials: "
                      "{token_env: T}}"),
            "13: releases.github.list_lag"},
        Mistake{SmallWith("root: releases", "root: \"\""),
                "12: releases.directory.root: is empty"}),
    RowName());

TEST(LoadConfig, ReadsWhoSigns) {
  ASSERT_OK_AND_ASSIGN(CoordinatorConfig const config,
                       Load(absl::StrCat(kSmall, "signing: {key_file: /etc/key.pem}\n")));
  EXPECT_EQ(config.signing.key_file, "/etc/key.pem");
  EXPECT_EQ(Load(kSmall)->signing, SigningConfig());
  EXPECT_THAT(Load(absl::StrCat(kSmall, "signing: {keyfile: x}\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("signing.keyfile")));
}

TEST(LoadConfig, ReadsTheFilesForTls) {
  ASSERT_OK_AND_ASSIGN(
      CoordinatorConfig const config,
      Load(absl::StrCat(kSmall, "tls: {certificate: c.pem, key: c.key, client_ca: ca.pem}\n",
                        "http: {public_url: \"https://farm.example:7601\"}\n")));
  EXPECT_EQ(config.tls, (TlsFiles{"c.pem", "c.key", "ca.pem"}));
  EXPECT_EQ(Load(kSmall)->tls, TlsFiles());
}

TEST(LoadConfig, RefusesHalfOfWhatTlsNeeds) {
  EXPECT_THAT(Load(absl::StrCat(kSmall, "tls:\n  certificate: c.pem\n")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(":14: tls.key: "), HasSubstr("there is a certificate"))));
  EXPECT_THAT(Load(absl::StrCat(kSmall, "tls:\n  client_ca: ca.pem\n")),
              StatusIs(absl::StatusCode::kInvalidArgument, HasSubstr("tls.certificate: is empty")));
}

TEST(LoadConfig, RefusesAPublicUrlInPlainTextBesideTls) {
  EXPECT_THAT(Load(absl::StrCat(kSmall, "tls: {certificate: c.pem, key: c.key}\n",
                                "http: {public_url: \"http://farm.example:7601\"}\n")),
              StatusIs(absl::StatusCode::kInvalidArgument,
                       AllOf(HasSubstr(":14: http.public_url: "), HasSubstr("https://"))));
}

}  // namespace
}  // namespace probefarm
