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

// Bytes that no compiler leaves out.
#if CONFIG_MODULE_BYTES > 0
#define MODULE_BYTES \
  static char const bytes_besides[CONFIG_MODULE_BYTES] __attribute__((used)) = {1}
#else
#define MODULE_BYTES
#endif

#define MODULE(license_text, version_text)                                                      \
  MODULE_BYTES;                                                                                 \
  MODULE_INFO(license, license_text);                                                           \
  MODULE_INFO(version, version_text);                                                           \
  MODULE_INFO(vermagic, UTS_RELEASE " SMP preempt mod_unload modversions ");                    \
  static char const this_module[] __attribute__((used, section(".gnu.linkonce.this_module"))) = \
      "module"
