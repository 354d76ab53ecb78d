#pragma once

#include <vector>

#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/recipe/builder_image.h"
#include "coordinator/recipe/driver_source.h"
#include "coordinator/recipe/recipe.h"

namespace probefarm {

// What the farm could build at one moment: a snapshot of configuration and feeds. Plain values: it
// stays as it is while feeds are read again.
struct Offer {
  // Those whose source is found; no two have the same version.
  std::vector<DriverSource> drivers;
  std::vector<Kernel> kernels;  // of all feeds; within a target newest first
  // In the order in which they are preferred.
  std::vector<BuilderImage> builders;
  RecipeOptions recipe;
};

}  // namespace probefarm
