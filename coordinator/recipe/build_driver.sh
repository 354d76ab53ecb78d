#!/usr/bin/env bash
# Builds one driver for one kernel, in the builder image. The same text for every driver and kernel;
# recipe.h says what the environment holds and what the exit codes mean.
#
#   /kernel        the kernel's headers, read-only
#   /build/source  the driver's source as its archives hold it
#   /build/driver  the copy that is edited and compiled; debug information holds this path
#   /build/out     the result
set -eEuo pipefail
exec 2>&1
umask 022
export LC_ALL=C TZ=UTC
export SOURCE_DATE_EPOCH=1577836800
export KBUILD_BUILD_TIMESTAMP='2020-01-01 00:00:00 UTC'
export KBUILD_BUILD_USER=probefarm KBUILD_BUILD_HOST=probefarm KBUILD_BUILD_VERSION=1

readonly source_unusable=20 headers_unusable=21 does_not_compile=22 no_room=23
readonly driver=/build/driver log=/build/make.log

# The last line of a failed build's log is its reason.
fail() {
  printf 'probefarm: %s\n' "${2:0:1000}" >&2
  exit "$1"
}

# A command of the script itself failed, as one does on a full disk: nothing about the driver.
on_error() {
  local status=$?
  [ $status -lt $source_unusable ] || exit $status
  fail $no_room "'$BASH_COMMAND' failed with $status"
}
trap on_error ERR

# The text of `#define <name> "<text>"`, from those of the files that are there.
defined_text() {
  local name=$1
  shift
  sed -n -E "s/^#define[[:space:]]+${name}[[:space:]]+\"(.*)\"\$/\1/p" "$@" 2>/dev/null || true
}

# 151 of "#151-Ubuntu SMP …"
build_number() {
  local after=${1#*#}
  printf '%s\n' "${after%%[!0-9]*}"
}

headers_differ() {
  fail $headers_unusable "the headers' $1 is '$2', the package index says '$3'"
}

check_headers() {
  local generated=$KERNEL_DIR/include/generated release version
  [ -d "$generated" ] || fail $headers_unusable "the header packages have no $generated"
  release=$(defined_text UTS_RELEASE "$generated/utsrelease.h")
  version=$(defined_text UTS_VERSION "$generated/utsversion.h" "$generated/compile.h")
  [ "$release" = "$KERNEL_RELEASE" ] || headers_differ UTS_RELEASE "$release" "$KERNEL_RELEASE"
  [ "$(build_number "$version")" = "$(build_number "$KERNEL_VERSION")" ] ||
    headers_differ UTS_VERSION "$version" "$KERNEL_VERSION"
  case " $version " in
    *" ${PACKAGE_VERSION:-$version} "*) ;;
    *) headers_differ UTS_VERSION "$version" "$PACKAGE_VERSION" ;;
  esac
}

# A package puts its source below a folder named for its own version: it is found by what it holds.
find_source() {
  local found
  found=$(find /build/source -name driver_config.h -not -path '*/bpf/*' -printf '%h\n')
  case $found in
    '') fail $source_unusable "the source of driver $DRIVER_VERSION has no driver_config.h" ;;
    *$'\n'*) fail $source_unusable "more than one driver in the source: ${found//$'\n'/, }" ;;
  esac
  printf '%s\n' "$found"
}

# The API and schema versions in this header are the driver's own and stay as they are.
configure() {
  sed -i -E \
    -e "s/^(#define[[:space:]]+DRIVER_VERSION)[[:space:]].*/\1 \"$DRIVER_VERSION\"/" \
    -e "s/^(#define[[:space:]]+DRIVER_(DEVICE_)?NAME)[[:space:]].*/\1 \"$DRIVER_NAME\"/" "$1"
  if ! grep -q KBUILD_MODNAME "$1"; then
    printf '\n#ifndef KBUILD_MODNAME\n#define KBUILD_MODNAME DRIVER_NAME\n#endif\n' >>"$1"
  fi
  if [ "$(defined_text DRIVER_VERSION "$1")" != "$DRIVER_VERSION" ] ||
    [ "$(defined_text DRIVER_NAME "$1")" != "$DRIVER_NAME" ] ||
    [ "$(defined_text DRIVER_DEVICE_NAME "$1")" != "$DRIVER_NAME" ]; then
    fail $source_unusable "$1 does not define DRIVER_VERSION, DRIVER_NAME and DRIVER_DEVICE_NAME"
  fi
}

prepare_source() {
  local found config
  found=$(find_source)
  rm -rf "$driver"
  cp -r --no-preserve=ownership "$found" "$driver"
  rm -f "$driver/dkms.conf"
  find "$driver" -name driver_config.h | while IFS= read -r config; do configure "$config"; done
}

rename_module() {
  local makefile=$driver/Makefile old
  [ -f "$makefile" ] || fail $source_unusable "driver $DRIVER_VERSION has no module: no Makefile"
  old=$(sed -n -E 's/^obj-m[[:space:]]*\+?=[[:space:]]*(\w+)\.o[[:space:]]*$/\1/p' "$makefile")
  [ -n "$old" ] || fail $source_unusable "$makefile names no module in obj-m"
  sed -i -E -e "/^obj-m/s/\b$old\.o/$DRIVER_NAME.o/" \
    -e "s/^$old-(y|objs)\b/$DRIVER_NAME-\1/" "$makefile"
}

# Kernels from 5.11 on ask for `always-y`; sources from before that say `always` alone.
list_probe() {
  local makefile=$driver/bpf/Makefile
  [ -f "$makefile" ] || fail $source_unusable "driver $DRIVER_VERSION has no eBPF probe: no bpf/"
  grep -q '^always-y' "$makefile" || sed -i '1i always-y += probe.o' "$makefile"
}

# The CPUs that the container may use, which may be fewer than it sees.
cpus() {
  local quota=max period=1
  if [ -r /sys/fs/cgroup/cpu.max ]; then
    read -r quota period </sys/fs/cgroup/cpu.max
  elif [ -r /sys/fs/cgroup/cpu/cpu.cfs_quota_us ]; then
    quota=$(</sys/fs/cgroup/cpu/cpu.cfs_quota_us)
    period=$(</sys/fs/cgroup/cpu/cpu.cfs_period_us)
  fi
  case $quota in
    max | -1) nproc ;;
    *) echo $(((quota + period - 1) / period)) ;;
  esac
}

# What newer drivers print of their own trials of the kernel starts with [configure: no errors.
first_error() {
  awk '!/^\[configure/ && (/(error|ERROR):/ || /undefined!/ || /\*\*\*/) { print; exit }' "$log"
}

# A compiler that was killed or found no room says nothing of the driver. Nor does a build that went
# well nevertheless: newer drivers set their flags by trials, which fail then.
check_room() {
  local told signs='No space left|[Oo]ut of memory|Cannot allocate|Resource temporarily|Killed'
  told=$(grep -m 1 -w -E "$signs" "$log") || return 0
  fail $no_room "no room to compile: $told"
}

# Given KERNELDIR, since drivers try the kernel out there to set their flags.
compile() {
  local status=0
  make -C "$KERNEL_DIR" -j"$(cpus)" "$@" KERNELDIR="$KERNEL_DIR" CC="$CC" CLANG=clang LLC=llc 2>&1 |
    tee "$log" || status=$?
  check_room
  [ $status = 0 ] || fail $does_not_compile \
    "driver $DRIVER_VERSION does not compile for $KERNEL_RELEASE: $(first_error)"
}

build_kmod() {
  rename_module
  compile M=$driver modules
  strip -g -o /build/out/probe "$driver/$DRIVER_NAME.ko"
}

build_bpf() {
  list_probe
  compile M=$driver/bpf
  cp "$driver/bpf/probe.o" /build/out/probe
}

check_headers
prepare_source
mkdir -p /build/out
"build_$KIND"
