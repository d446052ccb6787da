#!/usr/bin/env bash
# What a commit must pass before any test is run: formatting, lints, the law, licences, scripts, documentation.
set -euo pipefail
tools/install.sh build check

cargo fetch --locked --quiet
cargo fetch --locked --quiet --manifest-path fuzz/Cargo.toml
cargo fmt --all --check
cargo fmt --manifest-path fuzz/Cargo.toml --check
shellcheck tools/*.sh .ci/run
cargo deny --log-level error --offline --locked check bans licenses sources
cargo deny --manifest-path fuzz/Cargo.toml --config deny.toml --log-level error --offline --locked check bans licenses sources
# The list of known vulnerabilities is fetched; a machine without the internet does without it, and says so.
if timeout 60 cargo deny --log-level off fetch db 2>/dev/null; then
    cargo deny --log-level error --locked check advisories
else
    echo "advisories not checked: the RustSec database cannot be reached from here"
fi
cargo clippy --workspace --all-targets --locked -- -D warnings
RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --locked --quiet
cargo test --workspace --locked --quiet --test architecture
