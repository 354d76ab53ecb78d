#include "tests/fuzz/fuzz_input.h"

#include <sys/mman.h>
#include <unistd.h>

#include <cstdlib>

namespace probefarm {

FuzzInput::FuzzInput(uint8_t const* data, size_t size) : fd_(memfd_create("fuzz", MFD_CLOEXEC)) {
  if (write(fd_.get(), data, size) != static_cast<ssize_t>(size)) std::abort();
}

std::string FuzzInput::path() const { return "/proc/self/fd/" + std::to_string(fd_.get()); }

}  // namespace probefarm
