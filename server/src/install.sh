#!/usr/bin/env bash
# Installs da, the command line of Agnes, and points it at the server this came from.
set -euo pipefail

server=@SERVER@
release=@RELEASE@

fail() {
  printf 'error: %s\n' "$1" >&2
  exit 1
}

digest_of() {
  if command -v sha256sum >/dev/null 2>&1; then
    sha256sum "$1" | cut -d ' ' -f 1
  else
    shasum -a 256 "$1" | cut -d ' ' -f 1
  fi
}

file_for() {
  file='' sum=''
  case "$1" in
    @FILES@
    *) ;;
  esac
}

install_archive() {
  local prefix="${DA_PREFIX:-$HOME/.local}"
  curl --fail --silent --show-error --location --output "$work/$file" "$server/cli/download/$file" \
    || fail "could not download $server/cli/download/$file"
  [ "$(digest_of "$work/$file")" = "$sum" ] || fail "$file arrived damaged; nothing was installed"
  mkdir -p "$prefix"
  tar -xzf "$work/$file" -C "$prefix"
  printf 'Installed %s\n' "$prefix/bin/da"
  case ":$PATH:" in
    *":$prefix/bin:"*) ;;
    *) printf 'note: %s is not on your PATH. Add this line to your shell profile:\n  export PATH="%s:$PATH"\n' \
      "$prefix/bin" "$prefix/bin" ;;
  esac
}

install_wheel() {
  (cd "$work" && curl --fail --silent --show-error --location --remote-name --remote-header-name "$server/cli/download") \
    || fail "this server has no da for $platform"
  local wheel
  wheel="$(find "$work" -name '*.whl' | head -n 1)"
  [ -n "$wheel" ] || fail "no wheel arrived from $server/cli/download"
  if command -v uv >/dev/null 2>&1; then
    uv tool install --force "$wheel"
  else
    python3 -m pip install --user --force-reinstall "$wheel"
  fi
}

remember_server() {
  local folder="${DA_CONFIG_DIR:-$HOME/.config/da}"
  mkdir -p "$folder"
  touch "$folder/config.yaml"
  # Other settings stay.
  { grep -v '^server:' "$folder/config.yaml" || true; printf 'server: %s\n' "$server"; } >"$work/config.yaml"
  cat "$work/config.yaml" >"$folder/config.yaml"
}

main() {
  command -v curl >/dev/null 2>&1 || fail 'curl is needed'
  platform="$(uname -s | tr '[:upper:]' '[:lower:]')-$(uname -m)"
  work="$(mktemp -d "${TMPDIR:-/tmp}/agnes.XXXXXX")"
  trap 'rm -rf "$work"' EXIT
  printf 'Installing da %s from %s\n' "$release" "$server"
  file_for "$platform"
  if [ -n "$file" ]; then install_archive; else install_wheel; fi
  remember_server
  printf '\nNext:\n  1. Make a token:   %s/tokens\n  2. export DA_TOKEN=<the token>\n  3. da auth whoami\n' "$server"
}

# Last, so that a script cut off on its way runs nothing.
main "$@"
