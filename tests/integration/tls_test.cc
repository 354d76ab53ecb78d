// A farm whose certificates scripts/setup-tls has made: who is served, who is refused, renewal.
#include <csignal>
#include <fstream>

#include "absl/strings/match.h"
#include "absl/strings/str_cat.h"
#include "absl/strings/str_split.h"
#include "lib/runtime/status_matchers.h"
#include "tests/integration/small_farm.h"
#include "tests/testing/farm/farm_certificates.h"
#include "tests/testing/farm/idle_engine.h"

namespace probefarm {
namespace {

using testing::AllOf;
using testing::HasSubstr;
using testing::Not;
using testing::StartsWith;

SubprocessResult Execute(std::vector<std::string> argv) {
  absl::StatusOr<SubprocessResult> result = RunSubprocess({.argv = std::move(argv)});
  EXPECT_OK(result);
  return result.ok() ? *std::move(result) : SubprocessResult{-1, "", ""};
}

class TlsTest : public SmallFarm {
 protected:
  void SetUp() override { Certify({}); }

  void Certify(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"--worker", "w1", "--worker", "w2"});
    ASSERT_OK(certificates_.SetUp(arguments));
    config_.more = certificates_.Config();
    farm_.UseTls(certificates_.ca());
  }

  // A worker that says to be `id`, and has the certificate of `owner`.
  std::unique_ptr<RunningProgram> StartWorkerAs(std::string const& id, std::string const& owner) {
    std::vector<std::string> options = certificates_.PairOptions(owner);
    options.insert(options.end(), {"--id", id, "--engine", engine_.address()});
    return StartWorker(id, options);
  }

  // The serial number of the certificate that a port shows.
  static std::string SerialAt(std::string const& address) {
    return Execute({"sh", "-c",
                    "openssl s_client -connect \"$1\" -alpn h2,http/1.1 </dev/null 2>/dev/null | "
                    "openssl x509 -noout -serial",
                    "sh", address})
        .output;
  }
  static std::string SerialIn(std::string const& file) {
    return Execute({"openssl", "x509", "-in", file, "-noout", "-serial"}).output;
  }

  // The lines of a key's PEM, of which none may stand in a log.
  static std::vector<std::string> SecretsIn(std::string const& key_file) {
    std::vector<std::string> lines = absl::StrSplit(ReadWholeFile(key_file), '\n');
    std::erase_if(lines, [](std::string const& line) {
      return line.empty() || absl::StartsWith(line, "-----");
    });
    EXPECT_FALSE(lines.empty());
    return lines;
  }

  FarmCertificates const certificates_{folder_ / "tls"};
  IdleEngine const engine_{folder_ / "engine.sock"};
};

TEST_F(TlsTest, WorkersAndClientsAreServed) {
  ASSERT_NO_FATAL_FAILURE(Start({{.abi = 1}}));
  auto const worker = StartWorkerAs("w1", "w1");
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  EXPECT_EQ(Backfill({"--kind", "bpf"}).size(), 1U);
  ASSERT_OK_AND_ASSIGN(nlohmann::json const status, farm_.Ask({"status"}));
  EXPECT_THAT(status.value("download_url", ""), StartsWith("https://127.0.0.1:"));
}

TEST_F(TlsTest, MonitoringIsThereOverHttpsAlone) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  for (char const* page : {"/healthz", "/readyz", "/metrics"}) {
    SubprocessResult const got = Execute({"curl", "-sf", "--cacert", certificates_.ca(),
                                          absl::StrCat("https://", farm_.http(), page)});
    EXPECT_EQ(got.exit_code, 0) << page;
    EXPECT_NE(Execute({"curl", "-sf", absl::StrCat("http://", farm_.http(), page)}).exit_code, 0);
  }
}

TEST_F(TlsTest, WhoDoesNotBelieveTheAuthorityGetsNothing) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  FarmCertificates const others(folder_ / "others");
  ASSERT_OK(others.SetUp({}));
  farm_.UseTls(others.ca());
  ASSERT_OK_AND_ASSIGN(SubprocessResult const result, farm_.Client({"status"}));
  EXPECT_EQ(result.exit_code, 3);
  EXPECT_THAT(result.errors, AllOf(HasSubstr(farm_.grpc()), HasSubstr("--tls-ca")));
}

TEST_F(TlsTest, AWorkerWithTheCertificateOfAnotherIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  auto const impostor = StartWorkerAs("w1", "w2");
  ASSERT_OK(WaitUntil("it is told why",
                      [&] { return absl::StrContains(impostor->errors(), "PERMISSION_DENIED"); }));
  EXPECT_THAT(impostor->errors(), HasSubstr("worker w1 came with the certificate of w2"));
  EXPECT_THAT(farm_.coordinator_log(), HasSubstr("worker refused"));
  auto const honest = StartWorkerAs("w2", "w2");
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
}

TEST_F(TlsTest, AWorkerWithoutACertificateIsRefused) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  auto const worker = StartWorker("w1", {"--id", "w1", "--engine", engine_.address()});
  ASSERT_OK(WaitUntil("it is told why",
                      [&] { return absl::StrContains(worker->errors(), "UNAUTHENTICATED"); }));
  EXPECT_THAT(worker->errors(), HasSubstr("--tls-cert"));
}

class EndingTlsTest : public TlsTest {
 protected:
  void SetUp() override { Certify({"--days", "29"}); }
};

TEST_F(EndingTlsTest, ARenewedCertificateIsUsedWithoutARestart) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  auto const worker = StartWorkerAs("w1", "w1");
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  std::string const old = SerialAt(farm_.grpc());
  EXPECT_EQ(old, SerialIn(certificates_.coordinator() + ".pem"));
  ASSERT_OK(certificates_.SetUp({}));
  std::string const renewed = SerialIn(certificates_.coordinator() + ".pem");
  EXPECT_NE(renewed, old);
  for (std::string const& port : {farm_.grpc(), farm_.http()}) {
    EXPECT_OK(WaitUntil(absl::StrCat("the new certificate is shown at ", port),
                        [&] { return SerialAt(port) == renewed; }));
  }
  ASSERT_OK(WaitUntil("the worker has its new certificate",
                      [&] { return absl::StrContains(worker->errors(), "CN=w1"); }));
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  EXPECT_TRUE(worker->running());
  EXPECT_THAT(worker->errors(), Not(HasSubstr("heartbeat failed")));
}

TEST_F(TlsTest, ABrokenPairChangesNothingAndNoSecretIsLogged) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  auto const worker = StartWorkerAs("w1", "w1");
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  std::vector<std::string> secrets;
  for (std::string const& pair : {certificates_.coordinator(), certificates_.worker("w1")}) {
    std::string const key = pair + ".key";
    for (std::string const& line : SecretsIn(key)) secrets.push_back(line);
    std::string const whole = ReadWholeFile(key);
    std::ofstream(key, std::ios::trunc) << whole.substr(0, whole.size() - 30);
  }
  ASSERT_OK(WaitUntil("both say that their files cannot be used", [&] {
    return absl::StrContains(farm_.coordinator_log(), "cannot be used") &&
           absl::StrContains(worker->errors(), "cannot be used");
  }));
  EXPECT_OK(farm_.Ask({"status"}));
  ASSERT_NO_FATAL_FAILURE(WaitForWorkers(1));
  for (std::string const& secret : secrets) {
    EXPECT_THAT(farm_.coordinator_log(), Not(HasSubstr(secret)));
    EXPECT_THAT(worker->errors(), Not(HasSubstr(secret)));
  }
}

TEST_F(TlsTest, PlainTextAndGarbageDoNotDisturbTheFarm) {
  ASSERT_NO_FATAL_FAILURE(Start({}));
  for (std::string const& port : {farm_.grpc(), farm_.http()}) {
    EXPECT_NE(Execute({"curl", "-s", absl::StrCat("http://", port, "/")}).exit_code, 0);
    EXPECT_NE(Execute({"curl", "-s", "--http2-prior-knowledge", absl::StrCat("http://", port, "/")})
                  .exit_code,
              0);
  }
  EXPECT_OK(farm_.Ask({"status"}));
  EXPECT_TRUE(farm_.coordinator().running());
}

TEST_F(TlsTest, ACoordinatorWithTheKeyOfAnotherDoesNotStart) {
  ASSERT_NO_FATAL_FAILURE(Publish({}));
  config_.builder = folder_ / "none.tar";
  config_.more = absl::StrCat("tls: {certificate: ", certificates_.coordinator(),
                              ".pem, key: ", certificates_.worker("w1"), ".key}\n");
  farm_.WriteConfig(config_);
  SubprocessResult const result = Execute(farm_.CoordinatorCommand());
  EXPECT_EQ(result.exit_code, 1);
  EXPECT_THAT(result.errors, AllOf(HasSubstr("w1.key"), HasSubstr("coordinator.pem")));
}

class PlainTextTest : public SmallFarm {};

TEST_F(PlainTextTest, IsNotServedToOtherMachinesUnlessSomebodySaysSo) {
  ASSERT_NO_FATAL_FAILURE(Publish({}));
  config_.builder = folder_ / "none.tar";
  farm_.WriteConfig(config_);
  for (std::string const& option : {"--listen", "--http"}) {
    std::vector<std::string> command = farm_.CoordinatorCommand();
    *(std::find(command.begin(), command.end(), option) + 1) = "0.0.0.0:0";
    SubprocessResult const refused = Execute(command);
    EXPECT_EQ(refused.exit_code, 1);
    EXPECT_THAT(refused.errors, AllOf(HasSubstr(option + " 0.0.0.0:0"), HasSubstr("--insecure"),
                                      HasSubstr("setup-tls")));
    command.push_back("--insecure");
    EXPECT_THAT(Execute(command).errors, HasSubstr("none.tar"));  // it is further on
  }
}

TEST_F(PlainTextTest, IsNotSpokenToOtherMachinesUnlessSomebodySaysSo) {
  std::string const client = Farm::Program("probefarm");
  SubprocessResult const refused = Execute({client, "--coordinator", "192.0.2.1:7600", "status"});
  EXPECT_EQ(refused.exit_code, 2);
  EXPECT_THAT(refused.errors,
              AllOf(HasSubstr("192.0.2.1:7600"), HasSubstr("--tls-ca"), HasSubstr("--insecure")));
  SubprocessResult const worker = Execute({Farm::Program("probefarm-worker"), "--coordinator",
                                           "192.0.2.1:7600", "--cache-dir", folder_ / "w"});
  EXPECT_EQ(worker.exit_code, 1);
  EXPECT_THAT(worker.errors, AllOf(HasSubstr("192.0.2.1:7600"), HasSubstr("--insecure")));
}

}  // namespace
}  // namespace probefarm
