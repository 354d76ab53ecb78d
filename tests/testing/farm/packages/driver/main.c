#include <linux/module.h>

#include "driver_config.h"

long driver_task_state(struct task_struct *task) { return task->state; }

MODULE("GPL", DRIVER_VERSION);
