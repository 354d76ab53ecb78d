#pragma once

#include <vector>

#include "coordinator/feeds/kernel_feed.h"
#include "coordinator/recipe/builder_image.h"
#include "coordinator/recipe/driver_source.h"
#include "coordinator/recipe/recipe.h"

namespace probefarm {

// What the farm could build at one moment: a snapshot of configuration and feeds.
struct Offer {
  std::vector<DriverSource> drivers;
  std::vector<Kernel> kernels;  // of all feeds; within a target newest first
  std::vector<BuilderImage> builders;
  RecipeOptions recipe;
};

}  // namespace probefarm
