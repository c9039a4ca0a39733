#!/bin/sh
# Places the looop executable, and nothing else: no sudo, no change to a shell's start-up files, no data touched.
#
#   sh install.sh                  from this checkout, or the newest release when there is none
#   sh install.sh --version 0.1.0  that release
#   sh install.sh --uninstall      removes the executable; profiles stay
#
# To ${LOOOP_INSTALL_DIR:-~/.local/bin}. Run again to upgrade. Whatever fails on the way, what was installed before goes on working:
# the new file is finished and checked under another name in the same directory, then renamed over the old one.
set -eu

# The one place to change for a fork or a mirror. A release is <address>/download/v<version>/<file>, the newest <address>/latest/download/<file>.
LOOOP_RELEASES=${LOOOP_RELEASES:-https://github.com/looop/looop/releases}
LOOOP_PACKAGE=${LOOOP_PACKAGE:-looop}

main() {
  version='' uninstall='' from_release='' package=''
  while [ $# -gt 0 ]; do
    case $1 in
      --version)
        [ $# -gt 1 ] || usage "--version needs a number, such as 0.1.0"
        version=${2#v} from_release=1
        shift
        ;;
      --version=*) version=${1#--version=} version=${version#v} from_release=1 ;;
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
  room=$(mktemp -d "$dir/.looop-install-XXXXXX" 2>/dev/null) || die "$dir cannot be written" "name another: LOOOP_INSTALL_DIR=/some/bin"
  trap 'rm -rf "$room"' EXIT
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
  if [ -n "$package" ]; then forget_packages; fi
  say "Installed $said at $target"
  path_hint
}

say() { printf '%s\n' "$1"; }
warn() { printf 'looop: %s\n' "$1" >&2; }
die() {
  warn "Cannot install looop: $1"
  [ -z "${2-}" ] || printf '  %s\n' "$2" >&2
  exit 1
}
usage() {
  warn "$1"
  printf '  sh install.sh --help\n' >&2
  exit 2
}

remove() {
  if [ -n "${HOME-}" ]; then rm -rf "${XDG_DATA_HOME:-$HOME/.local/share}"/looop/npm-* 2>/dev/null || :; fi
  if [ -e "$target" ] || [ -L "$target" ]; then
    rm -f "$target" 2>/dev/null || die "$target cannot be removed"
    say "Removed $target. Profiles (~/.local/state/looop and others) are untouched."
  else
    say "There is no $target: nothing to remove."
  fi
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
  fetch "$base/SHA256SUMS" "$room/SHA256SUMS" || die "$base/SHA256SUMS could not be fetched" "is the version right, and the network up?"
  want=$(awk -v name="$asset" '$2 == name || $2 == "*" name { print $1; exit }' "$room/SHA256SUMS")
  [ -n "$want" ] || die "this release has no $asset" "from a checkout: sh install.sh"
  fetch "$base/$asset" "$new" || die "$base/$asset could not be fetched" "is there room on the disk?"
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
  say "An executable could not be built here ($(tail -n 1 "$room/log")); writing a launcher for the checkout instead, with the same grants."
  printf '#!/bin/sh\n# Runs looop from its checkout; written by install.sh.\nexec %s "$@"\n' "$(quote "$here/bin/looop")" >"$new" || die "the disk is full"
  chmod 755 "$new"
}

# Into a directory of its own: while npm works, and when it fails, the package that runs now stays whole.
from_package() {
  command -v npm >/dev/null 2>&1 || die "there is no prebuilt executable for $(uname -s) $(uname -m), and npm is not here" \
    "clone the repository and run sh install.sh in it"
  packages=${XDG_DATA_HOME:-${HOME:?}/.local/share}/looop
  mkdir -p "$packages" 2>/dev/null || die "$packages cannot be made"
  lib=$(mktemp -d "$packages/npm-XXXXXX" 2>/dev/null) || die "$packages cannot be written"
  npm install --loglevel=error --no-audit --no-fund --global=false --prefix "$lib" "$LOOOP_PACKAGE${version:+@$version}" </dev/null >"$room/log" 2>&1 || {
    rm -rf "$lib"
    die "npm install $LOOOP_PACKAGE failed: $(tail -n 1 "$room/log")"
  }
  package=$lib
  case $(head -c 2 "$target" 2>/dev/null) in
    '#!') replaced=$(tail -n 1 "$target") ;;
    *) replaced= ;;
  esac
  printf '#!/bin/sh\n# Runs looop from its npm package; written by install.sh.\n%s\n' "$(launch "$lib")" >"$new" || die "the disk is full"
  chmod 755 "$new"
}

# Prints the line that runs a package.
launch() { printf 'exec %s "$@"' "$(quote "$1/node_modules/.bin/looop")"; }

# From the package that was just replaced a pulse and its workers may still run; from those before it nothing does that is not as old.
forget_packages() {
  for old in "$packages"/npm-*; do
    if [ "$old" != "$package" ] && [ "$(launch "$old")" != "$replaced" ]; then
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
