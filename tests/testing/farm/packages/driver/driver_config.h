#pragma once

#define DRIVER_VERSION "as packaged"
#define DRIVER_NAME "scap"
#define DRIVER_DEVICE_NAME "scap"
