#pragma once

#include <generated/utsrelease.h>

struct task_struct {
#if CONFIG_TASK_STATE_RENAMED
  unsigned int __state;
#else
  long state;
#endif
};

#define MODULE_INFO(tag, text) \
  static char const tag##_info[] __attribute__((used, section(".modinfo"))) = #tag "=" text

#define MODULE(license_text, version_text)                                                      \
  MODULE_INFO(license, license_text);                                                           \
  MODULE_INFO(version, version_text);                                                           \
  MODULE_INFO(vermagic, UTS_RELEASE " SMP preempt mod_unload modversions ");                    \
  static char const this_module[] __attribute__((used, section(".gnu.linkonce.this_module"))) = \
      "module"
