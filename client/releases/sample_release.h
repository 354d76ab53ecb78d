#pragma once

#include <map>
#include <string>

#include "lib/runtime/mutex.h"
#include "lib/signing/signing_key.h"
#include "tests/testing/scripted_http_server.h"

namespace probefarm {

inline constexpr char kSampleTag[] = "8.0.0+driver/x86_64";
inline constexpr char kSampleAsset[] = "falco_debian_6.1_1.ko";
inline constexpr char kSampleBytes[] = "the bytes of a probe";

// The files of a release with kSampleAsset and another probe, by name, as a coordinator that signs
// with `key` writes them.
std::map<std::string, std::string> SampleRelease(SigningKey const& key,
                                                 std::string const& tag = kSampleTag);
// Takes the asset out of it and puts a tombstone in, signed with `tombstone_key`; all else stays
// with `key`.
void WithdrawFrom(std::map<std::string, std::string>& files, std::string const& asset,
                  SigningKey const& key, SigningKey const& tombstone_key);
// Lists and signs again what stands there now.
void SignAgain(std::map<std::string, std::string>& files, SigningKey const& key);

// Serves files of releases as GitHub does: /releases/download/<tag>/<file> leads elsewhere.
// Thread-safe.
class ReleaseServer {
 public:
  ReleaseServer();

  // What a release has from now on; "+" and "/" of the tag as they are.
  void Put(std::string const& tag, std::map<std::string, std::string> const& files) EXCLUDES(mu_);
  // One file of it; empty: none.
  void Put(std::string const& tag, std::string const& name, std::string bytes) EXCLUDES(mu_);
  // Called before each answer with the URL's path, without a lock held. Before the first request.
  void OnRequest(std::function<void(std::string const& path)> hook) { hook_ = std::move(hook); }

  std::string url() const { return server_.Url(""); }

 private:
  void Answer(ScriptedExchange& exchange) EXCLUDES(mu_);

  std::function<void(std::string const&)> hook_;
  Mutex mu_;
  std::map<std::string, std::string> files_ GUARDED_BY(mu_);  // by path, encoded
  ScriptedHttpServer server_;
};

}  // namespace probefarm
