#include <gtest/gtest.h>

#include <filesystem>
#include <string>

#include "coordinator/store/sqlite/sqlite_store.h"
#include "coordinator/store/store_contract.h"
#include "lib/files/temporary_folder.h"
#include "lib/runtime/status_matchers.h"

namespace probefarm {
namespace {

class SqliteStoreUnderTest final : public StoreUnderTest {
 public:
  SqliteStoreUnderTest(Clock& clock, StorePolicy const& policy) : clock_(clock) {
    options_.policy = policy;
    options_.wal_bytes = 0;
    options_.random_seed = 1;
    Restart();
  }
  Store& store() override { return *store_; }

  void Restart() override {
    store_.reset();
    auto opened = SqliteStore::Open(folder_ / "store.db", clock_, options_);
    EXPECT_OK(opened);
    if (opened.ok()) store_ = *std::move(opened);
  }

 private:
  Clock& clock_;
  TemporaryFolder folder_;
  SqliteStoreOptions options_;
  std::unique_ptr<SqliteStore> store_;
};

}  // namespace

std::vector<StoreImplementation> ImplementationsUnderTest() {
  return {{"Sqlite", [](Clock& clock, StorePolicy const& policy) {
             return std::make_unique<SqliteStoreUnderTest>(clock, policy);
           }}};
}

}  // namespace probefarm
