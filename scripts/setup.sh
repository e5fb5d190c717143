#!/usr/bin/env bash
# Installs what building (build) or testing (test) needs and the machine lacks. As root on
# Debian it uses apt-get; elsewhere it says exactly what to install and goes on where it can.
set -euo pipefail
cd "$(dirname "$0")/.."
want=${1:-build}

missing=()
command -v go >/dev/null || { echo "Go 1.26 est nécessaire : https://go.dev/doc/install" >&2; exit 1; }
# The embedded warehouse is C++: gcc alone lacks its standard library.
command -v g++ >/dev/null || missing+=(g++)
if [ "$want" = test ]; then
  command -v chromium >/dev/null || missing+=(chromium)
  command -v npm >/dev/null || missing+=(npm)
  command -v pdftotext >/dev/null || missing+=(poppler-utils)
  # The tests start a server of their own; nothing runs outside them.
  compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null || missing+=(postgresql)
fi
if [ ${#missing[@]} -gt 0 ]; then
  if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "Installation de : ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    apt-get update -qq
    apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
  else
    echo "Il manque : ${missing[*]}. Sur Debian : sudo apt-get install ${missing[*]}" >&2
    [ "$want" = build ] && exit 1
    echo "Les tests qui en ont besoin seront sautés, avec un message." >&2
  fi
fi
# axe-core checks the accessibility of the pages; it is a test tool and never ships.
if [ "$want" = test ] && command -v npm >/dev/null && [ ! -f .cache/axe/node_modules/axe-core/axe.min.js ]; then
  mkdir -p .cache/axe
  npm install --silent --no-save --no-package-lock --no-audit --no-fund --prefix .cache/axe axe-core@4.10.3 >/dev/null ||
    echo "axe-core ne s’installe pas : le contrôle d’accessibilité sera sauté, avec un message." >&2
fi
