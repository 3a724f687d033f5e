# Everything a newcomer needs: `make demo` shows the system at work, `make test` checks it.
# Needs Go 1.26; the contract tests also need Node 20 with npm. Nothing else is installed by hand.

GO        ?= go
INPUT     ?=
DEMOARGS  ?=
BENCHARGS ?=
export CGO_ENABLED := 0

.PHONY: all build demo test lint unit contracts-test contracts-build fuzz bench bench-go wasm clean help

all: build

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

build: ## build the programs into bin/
	@$(GO) build -o bin/ ./cmd/encompute ./cmd/enclave ./cmd/devnet

demo: build ## diagnose an encrypted chest X-ray, end to end (INPUT=path.png, DEMOARGS="--json --keep")
	@bin/devnet demo $(if $(INPUT),--input $(INPUT)) $(DEMOARGS)

test: lint unit wasm contracts-test ## everything that must hold before a change lands

lint: ## formatting, vet, staticcheck
	@out=$$($(GO) tool gofumpt -l $$(git ls-files '*.go' | grep -v -e '\.pb\.go$$' -e '^contracts/bindings/')); \
	  if [ -n "$$out" ]; then echo "run 'go tool gofumpt -w' on:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

unit: ## unit tests, fuzz seeds and the end-to-end tests over real processes
	$(GO) test -timeout 20m ./...

wasm: ## the packages of the browser's client must compile for it
	GOOS=js GOARCH=wasm $(GO) build ./protocol ./fhe ./privacy ./attestation/... ./client ./input

contracts/node_modules: contracts/package-lock.json
	@command -v npm >/dev/null || { echo "The contract tests need Node 20 or newer with npm: install nodejs and npm, or run 'make lint unit wasm' without them."; exit 1; }
	cd contracts && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

contracts-test: contracts/node_modules ## Solidity unit, fuzz and invariant tests; artifacts and bindings are up to date
	cd contracts && npm test && npm run check

contracts-build: contracts/node_modules ## compile the contracts again and regenerate the Go bindings
	cd contracts && npm run build

FUZZTIME ?= 20s
fuzz: ## run every fuzz target for FUZZTIME
	@$(GO) list ./... | while read p; do \
	  $(GO) test -list '^Fuzz' $$p | grep '^Fuzz' | while read f; do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; done || exit 1; done

bench: ## how fast this machine evaluates, beside what it is compared with (BENCHARGS="--only lola --json")
	@$(GO) run ./cmd/encompute bench $(BENCHARGS)

bench-go: ## Go's benchmarks of single operations
	$(GO) test -run '^$$' -bench . -benchtime 3x ./fhe ./attestation

clean: ## remove what was built
	rm -rf bin .demo contracts/out contracts/cache
