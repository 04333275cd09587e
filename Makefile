.PHONY: help run test lint fmt migrate clean

help: ## Show this list
	@grep -E '^[a-z]+:.*##' $(MAKEFILE_LIST) | sed 's/:.*## /\t/'

run: ## Serve in the environment that APP_ENV names
	cargo run

test: ## Run every test
	cargo test

lint: ## Check formatting, lints and documentation
	cargo fmt --all --check
	cargo clippy --workspace --all-targets -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --workspace --no-deps --document-private-items

fmt: ## Format the code
	cargo fmt --all

migrate: ## Apply pending migrations
	cargo run -- migrate up

clean: ## Remove what was built; data and secrets stay
	cargo clean
