#!/usr/bin/env bash
# Measures the release build beside its peers, or one section of it: leaves target/bench/{results.json,results.md,
# results.svg,machine.json}. A peer that can't be installed is in the table, as missing.
set -euo pipefail
tools/install.sh build
for part in test bench; do
    tools/install.sh "$part" || echo "not all peers could be installed: what they are needed for will be missing" >&2
done
cargo build --release --locked -p app -p end-to-end --bins
target=${CARGO_TARGET_DIR:-target}/release

export RECTO_BINARY=$target/recto
bench=("$target/bench" "$@")
if command -v moto_server >/dev/null && compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null; then
    exec tools/services.sh "${bench[@]}"
fi
exec "${bench[@]}"
