# What scripts ask of the machine that they run on: root, its container engine, its package mirror. For `source`.
# shellcheck shell=bash

as_root() {
  if [ "$(id -u)" = 0 ]; then "$@"; else sudo "$@"; fi
}

# The engine's socket may be root's alone on a machine that has just been set up.
engine() {
  if docker version >/dev/null 2>&1; then docker "$@"; else as_root docker "$@"; fi
}

# mirror_of RELEASE   where this machine's own package sources have that release of Debian; nothing if nowhere.
mirror_of() {
  # shellcheck disable=SC2016  # apt's placeholders
  apt-get indextargets --format '$(REPO_URI) $(RELEASE)' | awk -v release="$1" \
    '$2 == release && !found { print $1; found = 1 }'
}
