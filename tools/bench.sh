#!/usr/bin/env bash
# Measures the release build beside its peers; leaves target/bench/{results.json,results.md,results.svg,machine.json}.
set -euo pipefail
tools/install.sh build test
cargo build --release --locked -p app
RECTO_BINARY=target/release/recto cargo run --quiet --locked --bin bench
