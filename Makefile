# What people type. Recipes are one line each; the scripts behind them are in tools/ and install what is missing.
export TOOLS ?= $(HOME)/.cache/recto
# Many tests wait for servers and browsers most of the time.
export RUST_TEST_THREADS ?= 3
export PATH := $(PATH):$(TOOLS)/bin:$(TOOLS)/python/bin

.PHONY: run test check e2e fuzz bench bless viewers

run: ## build the release and start the demo; DIR=~/scans shows your own files
	@tools/install.sh build && cargo build --release --locked -p app && exec target/release/recto demo $(DIR)

test: ## everything that must pass: on SQLite and PostgreSQL, in a folder and on S3
	@tools/install.sh build check test && tools/check.sh && tools/services.sh cargo test --workspace --locked --lib --bins --tests && tools/fuzz.sh

check: ## formatting, lints, the law, licences, scripts, documentation
	@tools/check.sh

e2e: ## the black-box tests alone; ONLY=walks runs those whose name contains it
	@tools/install.sh build test && tools/services.sh cargo test --workspace --locked --test architecture --test end-to-end -- $(ONLY)

fuzz: ## looks for input that breaks the readers, ten minutes each
	@tools/fuzz.sh 600

bench: ## the benchmarks, beside other servers and tools; ONLY=ingest runs one section
	@tools/bench.sh $(ONLY)

bless: ## accept what the snapshot tests found
	@tools/install.sh build bless && cargo insta test --workspace --accept && RECTO_BLESS=1 cargo test --quiet -p app --test settings --test openapi

viewers: ## what the portal embeds, from npm
	@tools/install.sh build
