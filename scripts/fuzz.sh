#!/usr/bin/env bash
# Runs every fuzz target of the project for a time each (default 5s); fails at the first finding.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-5s}
grep -rlE '^func Fuzz[A-Z]' --include='*_test.go' . | xargs -n1 dirname | sort -u | while read -r dir; do
  grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$dir"/*_test.go | sed 's/^func //' | sort -u | while read -r target; do
    echo "fuzz $dir $target ($time)"
    go test -run '^$' -fuzz "^${target}\$" -fuzztime "$time" "$dir" | tail -n 3
  done
done
