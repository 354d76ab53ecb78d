#include "coordinator/store/memory/memory_store.h"

#include "coordinator/store/store_contract.h"

namespace probefarm {
namespace {

class MemoryStoreUnderTest final : public StoreUnderTest {
 public:
  MemoryStoreUnderTest(Clock& clock, StorePolicy const& policy) : store_(clock, policy) {}
  Store& store() override { return store_; }
  void Restart() override { store_.Restart(); }

 private:
  MemoryStore store_;
};

}  // namespace

std::vector<StoreImplementation> ImplementationsUnderTest() {
  return {{"Memory", [](Clock& clock, StorePolicy const& policy) {
             return std::make_unique<MemoryStoreUnderTest>(clock, policy);
           }}};
}

}  // namespace probefarm
