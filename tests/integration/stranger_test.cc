// Somebody who has nothing but the public key: what is published is verified and downloaded without
// the coordinator's API, and every way of changing it is seen.
#include <filesystem>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_replace.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"

namespace probefarm {
namespace {

using nlohmann::json;
using testing::AllOf;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::StartsWith;

constexpr int kFailed = 1;
constexpr int kNotGenuine = 4;

class StrangerTest : public BuildingFarm {
 protected:
  // Makes a key and signs with it from the next start of the coordinator on.
  void SignWith(std::string const& name) {
    SubprocessResult const made =
        Run({Farm::Program("probefarm-coordinator"), "keygen", "--out", folder_ / name});
    ASSERT_EQ(made.exit_code, 0) << made.errors;
    config_.more = absl::StrCat("signing: {key_file: ", folder_ / name, "}\n");
  }
  // One probe, and side files that are all there.
  void PublishOne() {
    auto const worker = StartWorker("w");
    json const job = BackfillOne({"--kind", "kmod"});
    ASSERT_OK(farm_.WaitForState(job["id"], "published"));
    ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
    ASSERT_OK_AND_ASSIGN(json const probes, farm_.Ask({"probes"}));
    probe_ = probes[0];
    name_ = probe_["asset_name"];
  }

  static SubprocessResult Run(std::vector<std::string> argv) {
    absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(argv)});
    EXPECT_OK(result);
    return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
  }
  // With no coordinator named, and where to look.
  SubprocessResult Stranger(std::vector<std::string> arguments,
                            std::vector<std::string> const& keys = {"key.pem"}) const {
    arguments.insert(arguments.begin(), Farm::Program("probefarm"));
    arguments.insert(arguments.end(), {"--repository", "http://" + farm_.http(), "--driver",
                                       "8.0.0+driver", "--wait", "0s"});
    for (std::string const& key : keys)
      arguments.insert(arguments.end(), {"--public-key", folder_ / (key + ".pub")});
    return Run(std::move(arguments));
  }
  std::string ReleaseFile(std::string const& name) const {
    return absl::StrCat(farm_.releases(), "/8.0.0+driver/x86_64/", name);
  }

  json probe_;
  std::string name_;
};

TEST_F(StrangerTest, VerifiesAndDownloadsWithThePublicKeyAlone) {
  ASSERT_NO_FATAL_FAILURE(SignWith("key.pem"));
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_NO_FATAL_FAILURE(PublishOne());

  SubprocessResult const got = Stranger({"download", name_, "--out", folder_.path()});
  EXPECT_EQ(got.exit_code, 0) << got.errors;
  EXPECT_EQ(got.output,
            absl::StrCat(probe_["sha256"].get<std::string>(), "  ", folder_ / name_, "\n"));
  EXPECT_EQ(ReadWholeFile(folder_ / name_), ReadWholeFile(ReleaseFile(name_)));
  EXPECT_EQ(std::filesystem::status(folder_ / name_).permissions(),
            static_cast<std::filesystem::perms>(0644));

  for (std::string const& what : {name_, folder_ / name_}) {
    SubprocessResult const verified = Stranger({"verify", what});
    EXPECT_EQ(verified.exit_code, 0) << verified.errors;
    EXPECT_THAT(verified.output,
                AllOf(HasSubstr("signature    SHA256SUMS of release 8.0.0+driver/x86_64"),
                      HasSubstr(probe_["sha256"].get<std::string>()), HasSubstr("provenance   "),
                      HasSubstr("builder      "), HasSubstr(engine_->WorkerId("w"))));
  }
  json const told = json::parse(Stranger({"verify", name_, "-o", "json"}).output, nullptr, false);
  EXPECT_EQ(told["sha256"], probe_["sha256"]);
  EXPECT_EQ(told["job"], probe_["job"]);
  EXPECT_EQ(told["kernel_release"], probe_["kernel_release"]);

  SubprocessResult const openssl =
      Run({"openssl", "pkeyutl", "-verify", "-pubin", "-inkey", folder_ / "key.pem.pub", "-rawin",
           "-in", ReleaseFile("SHA256SUMS"), "-sigfile", ReleaseFile("SHA256SUMS.sig")});
  EXPECT_EQ(openssl.exit_code, 0) << openssl.output << openssl.errors;
  SubprocessResult const sums =
      Run({"sh", "-c", "cd \"$1\" && sha256sum --strict -c SHA256SUMS", "sh", ReleaseFile("")});
  EXPECT_EQ(sums.exit_code, 0) << sums.errors;
  EXPECT_THAT(sums.output, AllOf(HasSubstr("index.json: OK"), HasSubstr("provenance.jsonl: OK")));
}

TEST_F(StrangerTest, SeesWhateverWasChanged) {
  ASSERT_NO_FATAL_FAILURE(SignWith("key.pem"));
  ASSERT_NO_FATAL_FAILURE(SignWith("other.pem"));
  ASSERT_NO_FATAL_FAILURE(SignWith("third.pem"));
  config_.more = absl::StrReplaceAll(config_.more, {{"third.pem", "key.pem"}});
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_NO_FATAL_FAILURE(PublishOne());
  std::string const& digest = probe_["sha256"].get_ref<std::string const&>();
  auto const expect = [&](SubprocessResult const& result, int code, auto const& said) {
    EXPECT_EQ(result.exit_code, code) << result.output;
    EXPECT_THAT(result.errors, said);
    EXPECT_THAT(result.output, IsEmpty());
  };

  expect(Stranger({"verify", name_}, {"other.pem"}), kNotGenuine,
         AllOf(HasSubstr("made with another key: id"), HasSubstr("yours is")));
  expect(Stranger({"verify", "falco_debian_none_1.ko"}), kFailed,
         HasSubstr("SHA256SUMS does not list falco_debian_none_1.ko"));
  expect(Stranger({"verify", folder_.Write("copy", "other bytes"), "--name", name_}), kNotGenuine,
         AllOf(HasSubstr("copy is not what was published"), HasSubstr(digest)));

  // What is published is changed, file by file; each is put back.
  struct Change {
    std::string file;
    std::string content;  // empty: it is removed
    std::string said;
  };
  std::string const sums = ReadWholeFile(ReleaseFile("SHA256SUMS"));
  for (Change const& change : std::vector<Change>{
           {name_, "other bytes", "is not what was published"},
           {"SHA256SUMS", absl::StrReplaceAll(sums, {{digest, std::string(64, 'a')}}),
            "SHA256SUMS is not what was signed"},
           {"SHA256SUMS.sig", std::string(64, 'x'), "SHA256SUMS is not what was signed"},
           {"SHA256SUMS.sig", "", "SHA256SUMS is not signed"},
           {"index.json", "{}", "index.json is not the one that SHA256SUMS lists"},
           {"provenance.jsonl", "", "the provenance is missing"},
           {"provenance.jsonl", "{}\n", "provenance.jsonl line 1"}}) {
    SCOPED_TRACE(absl::StrCat(change.file, " becomes ", change.content));
    std::string const path = ReleaseFile(change.file);
    std::filesystem::rename(path, path + ".before");
    if (!change.content.empty())
      folder_.Write(std::filesystem::relative(path, folder_.path()).string(), change.content);
    expect(Stranger({"verify", name_}), kNotGenuine, HasSubstr(change.said));
    // The provenance is not asked for a download, all else is.
    if (!absl::StartsWith(change.file, "provenance")) {
      expect(Stranger({"download", name_, "--out", folder_.path()}), kNotGenuine,
             HasSubstr(change.said));
      EXPECT_FALSE(std::filesystem::exists(folder_ / name_));
    }
    std::filesystem::rename(path + ".before", path);
  }
  EXPECT_EQ(Stranger({"verify", name_}).exit_code, 0) << "all is as it was";
}

TEST_F(StrangerTest, IsToldLoudlyWhatNobodySigned) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  ASSERT_NO_FATAL_FAILURE(PublishOne());
  SubprocessResult const got = Stranger(
      {"download", "--target", "debian", "--kernel", probe_["kernel_release"], "--kernel-version",
       probe_["kernel_version"], "--kind", "kmod", "--out", folder_.path()},
      {});
  EXPECT_EQ(got.exit_code, 0) << got.errors;
  EXPECT_THAT(got.output, StartsWith(probe_["sha256"].get<std::string>()));
  EXPECT_THAT(got.errors, HasSubstr("WARNING: NOT VERIFIED"));
  EXPECT_THAT(farm_.coordinator_log(), HasSubstr("signing.key_file is not set"));

  // What is there already gets its signature with the first key, and then that of the next one.
  std::vector<std::string> keys;
  for (std::string const key : {"first.pem", "second.pem"}) {
    keys.push_back(key);
    ASSERT_NO_FATAL_FAILURE(SignWith(key));
    ASSERT_NO_FATAL_FAILURE(StartCoordinator());
    ASSERT_NO_FATAL_FAILURE(WaitForSideFiles());
    EXPECT_EQ(Stranger({"verify", name_}, {key}).exit_code, 0);
    EXPECT_EQ(Stranger({"verify", name_}, keys).exit_code, 0);
  }
  EXPECT_EQ(Stranger({"verify", name_}, {"first.pem"}).exit_code, kNotGenuine);
}

}  // namespace
}  // namespace probefarm
