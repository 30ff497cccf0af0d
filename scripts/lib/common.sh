# shellcheck shell=bash disable=SC2034  # the scripts that source it use the variables
# What Limpet's scripts share. Source it first:
#
#   source "$(dirname "${BASH_SOURCE[0]}")/lib/common.sh"
#
# It turns on strict mode and defines
#   root            the top folder of the repository
#   cache_dir       downloads that outlive a clone (LIMPET_CACHE, else ~/.cache/limpet)
#   step, note, ok, warn, die
#                   messages for people; colour only on a terminal and without NO_COLOR
#   need_packages SET...
#                   install the missing Debian packages of these sets of scripts/packages.txt
#   need_venv NAME REQUIREMENTS [PYTHON]
#                   make or reuse a virtual environment; its folder is then in $venv
#   need_jars NAME FOLDER
#                   fetch the Java libraries of FOLDER/pom.xml from Maven Central, once, and check
#                   them against FOLDER/jars.sha256; where they lie is then in $jars
#   need_build PRESET [TARGET...]
#                   fetch pinned sources, configure build/PRESET where needed, and build
#   wait_for SECONDS COMMAND...
#                   run the command until it succeeds or the time is over
#   port_open PORT  succeed if something on 127.0.0.1 accepts connections
#   port_owner PORT print the process that listens there, if we may know it

set -euo pipefail

root="$(cd "$(dirname "${BASH_SOURCE[0]}")/../.." && pwd)"
cache_dir="${LIMPET_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/limpet}"

# A compiler cache that serves every clone of the repository, wherever it lies.
export CCACHE_BASEDIR="${CCACHE_BASEDIR:-$root}"
export CCACHE_NOHASHDIR="${CCACHE_NOHASHDIR:-true}"

if [[ -t 1 && -z "${NO_COLOR:-}" && "${TERM:-dumb}" != dumb ]]; then
  bold=$'\e[1m' dim=$'\e[2m' red=$'\e[31m' green=$'\e[32m' yellow=$'\e[33m' blue=$'\e[34m' plain=$'\e[0m'
else
  bold='' dim='' red='' green='' yellow='' blue='' plain=''
fi

step() { printf '%s==>%s %s%s%s\n' "$blue" "$plain" "$bold" "$*" "$plain"; }
note() { printf '    %s%s%s\n' "$dim" "$*" "$plain"; }
ok() { printf '%s ok %s %s\n' "$green" "$plain" "$*"; }
warn() { printf '%swarning:%s %s\n' "$yellow" "$plain" "$*" >&2; }
die() {
  printf '%serror:%s %s\n' "$red" "$plain" "$*" >&2
  exit 1
}

# Print the comment block at the head of the calling script: its manual.
print_help() {
  sed -n '2,/^$/{s/^# \{0,1\}//p}' "$0"
}

as_root() {
  if [[ $EUID -eq 0 ]]; then
    "$@"
  elif command -v sudo >/dev/null; then
    sudo "$@"
  else
    die "this needs root, and sudo is not installed: $*"
  fi
}

need_packages() {
  local wanted=() missing=() wanted_set set_name package tool
  while read -r set_name package tool; do
    [[ -z "$set_name" || "$set_name" == \#* ]] && continue
    for wanted_set in "$@"; do
      [[ "$set_name" == "$wanted_set" ]] || continue
      [[ -n "$tool" ]] && command -v "$tool" >/dev/null && continue
      wanted+=("$package")
    done
  done <"$root/scripts/packages.txt"
  [[ ${#wanted[@]} -gt 0 ]] || return 0

  command -v dpkg-query >/dev/null ||
    die "not a Debian system: install what scripts/packages.txt names (${wanted[*]}) by hand"
  local installed
  installed=" $(dpkg-query -W -f='${db:Status-Status} ${Package}\n' "${wanted[@]}" 2>/dev/null |
    sed -n 's/^installed //p' | tr '\n' ' ' || true) "
  for package in "${wanted[@]}"; do
    [[ "$installed" == *" $package "* ]] || missing+=("$package")
  done
  [[ ${#missing[@]} -gt 0 ]] || return 0

  step "Installing Debian packages: ${missing[*]}"
  local log
  log="$(mktemp)"
  local apt=(env DEBIAN_FRONTEND=noninteractive apt-get -q -y -o DPkg::Lock::Timeout=600)
  if ! { as_root "${apt[@]}" update &&
    as_root "${apt[@]}" install --no-install-recommends "${missing[@]}"; } >"$log" 2>&1 </dev/null; then
    tail -n 30 "$log" >&2
    rm -f "$log"
    die "apt-get could not install: ${missing[*]}"
  fi
  rm -f "$log"
}

# The environment is keyed on the interpreter and on every byte of the requirements, so a change of
# either makes a new one and an unchanged one costs nothing. Versions and hashes are pinned there.
need_venv() {
  local name="$1" requirements="$2" python="${3:-python3}" key
  command -v "$python" >/dev/null || need_packages python
  "$python" -c 'import ensurepip, venv' 2>/dev/null || need_packages python
  key="$({
    "$python" -c 'import sys; print(sys.executable, sys.version)'
    cat "$requirements"
  } | sha256sum | cut -c1-12)"
  venv="$root/build/venv/$name-$key"
  [[ -e "$venv/.complete" ]] && return 0

  mkdir -p "$root/build/venv"
  exec {venv_lock}>"$root/build/venv/.lock"
  flock "$venv_lock"
  if [[ ! -e "$venv/.complete" ]]; then
    step "Making the Python environment $name from ${requirements#"$root"/}"
    rm -rf "$root/build/venv/$name"-????????????
    "$python" -m venv "$venv"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-deps --require-hashes \
      --only-binary :all: --requirement "$requirements" </dev/null ||
      die "pip could not install $requirements"
    touch "$venv/.complete"
  fi
  exec {venv_lock}>&-
}

# Keyed on the checksums, so a change of them fetches anew and an unchanged list costs nothing.
need_jars() {
  local name="$1" folder="$2" sums="$2/jars.sha256" part
  jars="$cache_dir/$name-$(sha256sum "$sums" | cut -c1-8)"
  [[ -d "$jars" ]] && return 0
  need_packages kafka # Java and Maven
  mkdir -p "$cache_dir"
  step "Fetching $name from Maven Central"
  part="$(mktemp -d "$cache_dir/$name.XXXXXX")"
  mvn -q -B -Dstyle.color=never --strict-checksums -f "$folder/pom.xml" \
    org.apache.maven.plugins:maven-dependency-plugin:3.6.1:copy-dependencies \
    -DoutputDirectory="$part" -DincludeScope=runtime </dev/null ||
    die "Maven could not fetch $name"
  (cd "$part" && sha256sum --quiet --strict --check "$sums") ||
    die "a downloaded jar differs from ${sums#"$root"/}"
  [[ "$(find "$part" -name '*.jar' | wc -l)" -eq "$(wc -l <"$sums")" ]] ||
    die "Maven brought jars that ${sums#"$root"/} does not list"
  mv -T "$part" "$jars" 2>/dev/null || rm -rf "$part" # somebody else was faster
}

# CMake looks at its own files again by itself, but not at the presets it was configured from.
need_build() {
  local preset="$1" target targets=()
  shift
  for target in "$@"; do targets+=(--target "$target"); done
  "$root/third_party/fetch" </dev/null || return
  if [[ ! -e "$root/build/$preset/build.ninja" ||
    "$root/CMakePresets.json" -nt "$root/build/$preset/build.ninja" ]]; then
    (cd "$root" && cmake --preset "$preset") || return
  fi
  (cd "$root" && cmake --build --preset "$preset" "${targets[@]}")
}

wait_for() {
  local deadline=$((SECONDS + $1))
  shift
  until "$@"; do
    [[ $SECONDS -lt $deadline ]] || return 1
    sleep 0.05
  done
}

port_open() { (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null; }

port_owner() {
  command -v ss >/dev/null || return 0
  ss -Hltnp "sport = :$1" 2>/dev/null | sed -n 's/.*users:(("\([^"]*\)",pid=\([0-9]*\).*/\1 (process \2)/p' | head -n 1
}
