#!/bin/sh
# Places the looop executable, and nothing else: no sudo, no change to a shell's start-up files, no data touched.
#
#   sh install.sh                  from this checkout, or the newest release when there is none
#   sh install.sh --version 0.1.0  that release
#   sh install.sh --uninstall      removes the executable, and the npm package where it came from one; profiles stay
#
# To ${LOOOP_INSTALL_DIR:-~/.local/bin}. Run again to upgrade. Whatever fails on the way, what was installed before goes on working:
# the new file is finished and checked under another name in the same directory, then renamed over the old one.
set -eu

# The one place to change for a fork or a mirror. A release is <address>/download/v<version>/<file>, the newest <address>/latest/download/<file>.
LOOOP_RELEASES=${LOOOP_RELEASES:-https://github.com/looop/looop/releases}
LOOOP_PACKAGE=${LOOOP_PACKAGE:-looop}

main() {
  doing=install version='' named='' uninstall='' from_release='' package='' unfinished=''
  while [ $# -gt 0 ]; do
    case $1 in
      --version)
        [ $# -gt 1 ] || usage "--version needs a number, such as 0.1.0"
        version=${2#v} named=1 from_release=1
        shift
        ;;
      --version=*) version=${1#--version=} version=${version#v} named=1 from_release=1 ;;
      --release) from_release=1 ;;
      --uninstall) uninstall=1 ;;
      -h | --help)
        printf '%s\n' 'usage: sh install.sh [--version V | --release | --uninstall]' '  LOOOP_INSTALL_DIR  where to (default ~/.local/bin)' \
          '  LOOOP_RELEASES     where releases lie (default https://github.com/looop/looop/releases)'
        exit 0
        ;;
      *) usage "there is no option $1" ;;
    esac
    shift
  done
  [ -z "$named" ] || [ -n "$version" ] || usage "--version needs a number, such as 0.1.0"
  case $version in
    *[!0-9A-Za-z.+-]*) usage "\"$version\" is not a version" ;;
  esac

  if [ -n "${LOOOP_INSTALL_DIR-}" ]; then
    dir=$LOOOP_INSTALL_DIR
  elif [ -n "${HOME-}" ]; then
    dir=$HOME/.local/bin
  else
    die "HOME is not set" "name the directory: LOOOP_INSTALL_DIR=/some/bin"
  fi
  # Whole, because the build has a directory of its own, and PATH wants it so.
  case $dir in
    /*) ;;
    *) dir=$PWD/$dir ;;
  esac
  while [ "$dir" != "${dir%/}" ]; do dir=${dir%/}; done
  target=$dir/looop

  if [ -n "$uninstall" ]; then remove; fi

  # What is renamed onto a directory lands inside of it.
  [ ! -d "$target" ] || die "$target is a directory" "name another place: LOOOP_INSTALL_DIR=/some/bin"
  mkdir -p "$dir" 2>/dev/null || die "$dir cannot be made" "name another: LOOOP_INSTALL_DIR=/some/bin"
  # Beside the target, so that the last step is a rename within one file system.
  room=$(mktemp -d "$dir/.looop-install-XXXXXX" 2>/dev/null) ||
    die "$dir cannot be written" "is its disk full or read-only? Another place: LOOOP_INSTALL_DIR=/some/bin"
  trap 'rm -rf "$room" "${unfinished:-$room}"' EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM HUP
  new=$room/looop
  # What an install left here that was killed, long ago enough to be sure of it.
  find "$dir" -maxdepth 1 -name '.looop-install-*' -mmin +60 -exec rm -rf {} + 2>/dev/null || :

  here=
  case $0 in
    */install.sh | install.sh) here=$(CDPATH='' cd -P -- "$(dirname -- "$0")" && pwd -P) || here= ;;
  esac
  if [ -z "$from_release" ] && [ -n "$here" ] && [ -f "$here/main.ts" ] && [ -x "$here/bin/looop" ]; then
    from_checkout
  elif asset=$(platform); then
    from_release
  else
    from_package
  fi

  # What does not run is not installed.
  said=$("$new" version 2>"$room/err") || {
    sed 's/^/  /' "$room/err" >&2
    die "the new executable does not run here" "what was installed before is untouched"
  }
  mv -f "$new" "$target" 2>/dev/null || die "$target cannot be replaced" "is it protected?"
  unfinished=
  if [ -n "$package" ]; then forget_packages; fi
  say "Installed $said at $target"
  path_hint
}

say() { printf '%s\n' "$1"; }
warn() { printf 'looop: %s\n' "$1" >&2; }
die() {
  warn "Cannot $doing looop: $1"
  [ -z "${2-}" ] || printf '  %s\n' "$2" >&2
  exit 1
}
usage() {
  warn "$1"
  printf '  sh install.sh --help\n' >&2
  exit 2
}

remove() {
  doing=uninstall
  [ ! -d "$target" ] || [ -L "$target" ] || die "$target is a directory" "name where looop lies: LOOOP_INSTALL_DIR=/some/bin"
  if [ ! -e "$target" ] && [ ! -L "$target" ]; then
    say "There is no $target: nothing to remove."
    exit 0
  fi
  package=$(package_of "$target")
  rm -f "$target" 2>/dev/null || die "$target cannot be removed" "is $dir protected, or its disk read-only?"
  say "Removed $target. Profiles (~/.local/state/looop and others) are untouched."
  remove_packages
  exit 0
}

# Prints the name of this platform's file in a release, or fails where there is none.
platform() {
  case $(uname -s) in
    Linux) os=linux ;;
    Darwin) os=darwin ;;
    *) return 1 ;;
  esac
  case $(uname -m) in
    x86_64 | amd64) arch=x86_64 ;;
    aarch64 | arm64) arch=aarch64 ;;
    *) return 1 ;;
  esac
  # The executable is built against glibc.
  if [ "$os" = linux ] && ! ls /lib*/ld-linux* /lib/*/ld-linux* >/dev/null 2>&1; then return 1; fi
  printf 'looop-%s-%s\n' "$os" "$arch"
}

from_release() {
  if [ -n "$version" ]; then base=$LOOOP_RELEASES/download/v$version; else base=$LOOOP_RELEASES/latest/download; fi
  fetch "$base/SHA256SUMS" "$room/SHA256SUMS" || not_fetched "$base/SHA256SUMS" "is the version right, and the network up?"
  want=$(awk -v name="$asset" '$2 == name || $2 == "*" name { print $1; exit }' "$room/SHA256SUMS")
  [ -n "$want" ] || die "this release has no $asset" "from a checkout: sh install.sh"
  fetch "$base/$asset" "$new" || not_fetched "$base/$asset" "is the network up?"
  got=$(digest "$new")
  [ "$got" = "$want" ] || die "$asset is not what the release says (SHA-256 $got, wanted $want)" "nothing was changed; fetch it again, or tell the maintainers"
  chmod 755 "$new"
}

fetch() {
  case $1 in
    file://*) cp -- "${1#file://}" "$2" 2>/dev/null ;;
    *)
      if command -v curl >/dev/null 2>&1; then
        curl -fsSL --connect-timeout 20 --retry 2 -o "$2" "$1"
      elif command -v wget >/dev/null 2>&1; then
        wget -q -T 20 -O "$2" "$1"
      else
        die "neither curl nor wget is here" "install one of them"
      fi
      ;;
  esac
}

# Says that $1 could not be fetched, with a hint $2. Where the disk is full it was not for the network: what came of it fills the disk.
not_fetched() {
  if ! printf '%65536s' '' 2>/dev/null >"$room/probe"; then
    die "$1 does not fit on the disk of $dir" "free some space there. Another place: LOOOP_INSTALL_DIR=/some/bin"
  fi
  die "$1 could not be fetched" "$2"
}

digest() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d' ' -f1
  elif command -v shasum >/dev/null 2>&1; then
    shasum -a 256 "$1" | cut -d' ' -f1
  elif command -v openssl >/dev/null 2>&1; then
    openssl dgst -sha256 -r "$1" | cut -d' ' -f1
  else
    die "no program for SHA-256 is here" "install coreutils, perl or openssl"
  fi
}

from_checkout() {
  say "Building from $here"
  if (cd "$here" && ./scripts/compile --output "$new" >"$room/log" 2>&1) && [ -x "$new" ]; then return 0; fi
  # The builder needs a part of Deno from its vendor's host; without it the checkout itself is what runs.
  why=$(sed -n 's/^.*Cannot \([a-z]\)/cannot \1/p' "$room/log" | tail -n 1)
  say "An executable could not be built here (${why:-$(tail -n 1 "$room/log")}); writing a launcher for the checkout instead, with the same grants."
  printf '#!/bin/sh\n# Runs looop from its checkout; written by install.sh.\nexec %s "$@"\n' "$(quote "$here/bin/looop")" >"$new" || die "the disk is full"
  chmod 755 "$new"
}

# Into a directory of its own: while npm works, and when it fails, the package that runs now stays whole.
from_package() {
  command -v npm >/dev/null 2>&1 || die "there is no prebuilt executable for $(uname -s) $(uname -m), and npm is not here" \
    "clone the repository and run sh install.sh in it"
  packages=${XDG_DATA_HOME:-${HOME:?}/.local/share}/looop
  mkdir -p "$packages" 2>/dev/null || die "$packages cannot be made"
  packages=$(CDPATH='' cd -P -- "$packages" && pwd -P)
  package=$(mktemp -d "$packages/npm-XXXXXX" 2>/dev/null) || die "$packages cannot be written" "is its disk full or read-only?"
  unfinished=$package
  npm install --loglevel=error --no-audit --no-fund --global=false --prefix "$package" "$LOOOP_PACKAGE${version:+@$version}" \
    </dev/null >"$room/log" 2>&1 || npm_failed
  replaced=$(package_of "$target")
  # Whose it is: asked by uninstalls, by later installs, and by `looop upgrade`.
  printf '%s\n' "$target" 2>/dev/null >"$package/launcher" || die "the disk of $packages is full"
  printf '#!/bin/sh\n%s\nexec %s "$@"\n' "$RUNS_PACKAGE" "$(quote "$package/node_modules/.bin/looop")" 2>/dev/null >"$new" ||
    die "the disk of $dir is full"
  chmod 755 "$new"
}
RUNS_PACKAGE='# Runs looop from its npm package; written by install.sh.'

# In what npm says the reason stands behind codes and in front of where its own log lies.
npm_failed() {
  sed -n -e 's/^npm error //p' -e 's/^npm ERR! //p' "$room/log" >"$room/said" || :
  why=$(sed -e '/^code /d' -e '/^syscall /d' -e '/^errno /d' -e '/^path /d' -e '/^dest /d' -e '/^ *$/d' -e '/^A complete log/d' "$room/said" | head -n 1)
  die "npm install $LOOOP_PACKAGE failed: ${why:-$(tail -n 1 "$room/log")}" "$(sed -n 's/^A complete log of this run can be found in: */more of it: /p' "$room/said")"
}

# Prints the package that a launcher of ours runs; nothing for any other file, and for none.
package_of() {
  [ "$(head -c 2 "$1" 2>/dev/null)" = '#!' ] && [ "$(sed -n 2p "$1")" = "$RUNS_PACKAGE" ] || return 0
  sed -n '3s|^exec '\''\(.*/looop/npm-[^/]*\)/node_modules/\.bin/looop'\'' "$@"$|\1|p' "$1" | sed "s/'\\\\''/'/g"
}

# Prints the launcher that a package was installed for.
launcher_of() { cat -- "$1/launcher" 2>/dev/null || :; }

# Whether a launcher runs a package. By its last name: the way to it may be written otherwise.
runs_package() {
  ran=$(package_of "$1")
  [ -n "$ran" ] && [ "${ran##*/}" = "${2##*/}" ]
}

# With a launcher goes what it ran, unless that belongs to another launcher (of which it was a copy or a link), and what it ran before.
remove_packages() {
  if [ -n "$package" ] && ! runs_package "$(launcher_of "$package")" "$package"; then rm -rf "$package" 2>/dev/null || :; fi
  for old in "${XDG_DATA_HOME:-${HOME-}/.local/share}"/looop/npm-*; do
    if [ "$(launcher_of "$old")" = "$target" ]; then rm -rf "$old" 2>/dev/null || :; fi
  done
}

# From the package that was just replaced a pulse and its workers may still run; from those before it nothing does that is not as old.
# Others stay: another launcher runs them, or nobody knows.
forget_packages() {
  for old in "$packages"/npm-*; do
    by=$(launcher_of "$old")
    if [ -e "$by" ] && ! runs_package "$by" "$old" && [ "${old##*/}" != "${replaced##*/}" ]; then
      find "$old" -prune -mtime +30 -exec rm -rf {} + 2>/dev/null || :
    fi
  done
}

path_hint() {
  case :${PATH-}: in
    *":$dir:"*) return 0 ;;
  esac
  line="export PATH=$(quote "$dir"):\$PATH"
  case ${SHELL-} in
    */fish) line="fish_add_path $(quote "$dir")" file='.config/fish/config.fish' ;;
    */zsh) file='.zshrc' ;;
    */bash) if [ "$(uname -s)" = Darwin ]; then file='.bash_profile'; else file='.bashrc'; fi ;;
    *) file='.profile' ;;
  esac
  say "$dir is not on your PATH. Add this line to your ~/$file:"
  say "  $line"
}

# Prints a text as one word for a shell.
quote() { printf "'%s'" "$(printf '%s' "$1" | sed "s/'/'\\\\''/g")"; }

# In braces: what arrived cut off, through a pipe, ends here with a complaint of the shell, and nothing was done.
{ main "$@"; }
