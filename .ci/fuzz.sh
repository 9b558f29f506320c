#!/usr/bin/env bash
# Runs each fuzz target for a time, one after the other: .ci/fuzz.sh [30s] [package pattern]
# A failing input is kept in the package's testdata/fuzz: mend the fault and commit it.
set -euo pipefail
cd "$(dirname "$0")/.."
time=${1:-30s}
failed=0
for package in $(go list "${2:-./...}"); do
	for target in $(go test -list '^Fuzz' "$package" | grep '^Fuzz' || true); do
		echo "== $package $target for $time"
		go test -run '^$' -fuzz "^$target\$" -fuzztime "$time" "$package" || failed=1
	done
done
exit "$failed"
