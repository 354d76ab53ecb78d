#include "client/commands/listing.h"

namespace probefarm {

void AddListOptions(CLI::App& verb, ListOptions& options) {
  AddProbeFilterOptions(verb, options.filter);
  verb.add_option("--limit", options.limit, "at most so many; 0: all")
      ->check(CLI::NonNegativeNumber)
      ->capture_default_str();
  AddOutputOption(verb, options.format);
}

}  // namespace probefarm
