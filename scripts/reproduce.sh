#!/usr/bin/env bash
# The whole story on this machine: measure, plot, report. Arguments go to `tierlab reproduce`.
set -euo pipefail
cd "$(dirname "$0")/.."
exec cargo run --release -- reproduce "$@"
