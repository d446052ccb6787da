#!/usr/bin/env bash
# Fuzzes what reads the bytes and addresses of strangers: `tools/fuzz.sh [SECONDS] [TARGET…]`, 20 s for each by default.
#
# This is `cargo fuzz run --sanitizer none` on stable Rust: the compiler counts the edges, libFuzzer (built from
# libfuzzer-sys by the C++ compiler) looks for input that reaches new ones. What is found stays in target/fuzz.
set -euo pipefail
cd "$(dirname "$0")/.."
tools/install.sh build
seconds=${1:-20}
targets=("${@:2}")
((${#targets[@]})) || targets=(image_request pyramid_index identify lists named_query documents pdf)

host=$(rustc -vV | sed -n 's/^host: //p')
work=${CARGO_TARGET_DIR:-target}/fuzz
coverage=(-level=4 -inline-8bit-counters -pc-table -trace-compares)
RUSTFLAGS="--cfg fuzzing -Cpasses=sancov-module ${coverage[*]/#/-Cllvm-args=-sanitizer-coverage}" \
    cargo build --quiet --locked --manifest-path fuzz/Cargo.toml --target "$host" --target-dir "$work"

fuzz() {
    local target=$1 seeds=("fuzz/corpus/$1") options
    mkdir -p "$work/corpus/$target" "$work/artifacts"
    [[ $target != identify ]] || seeds+=(capabilities/imaging/fixtures)
    options=(-max_total_time="$seconds" -timeout=10 -rss_limit_mb=3072 -max_len=65536 -artifact_prefix="$work/artifacts/$target-")
    if ! "$work/$host/debug/$target" "${options[@]}" "$work/corpus/$target" "${seeds[@]}" 2>"$work/$target.log"; then
        tail -n 40 "$work/$target.log" >&2
        echo "$target failed; the input is in $work/artifacts, the whole log is $work/$target.log" >&2
        return 1
    fi
    echo "fuzzed $target: $(grep -a '^Done' "$work/$target.log")"
}
export -f fuzz
export work host seconds
# One on each core.
printf '%s\n' "${targets[@]}" | xargs -P "$(nproc)" -I '{}' bash -c 'fuzz {}'
