# Everything a newcomer needs: `make demo` shows the system at work, `make test` checks it.
# Needs Go 1.26; the contract tests, the pages and ONNX Runtime also need Node 20 with npm. Nothing else is installed by hand.

GO        ?= go
INPUT     ?=
DEMOARGS  ?=
BENCHARGS ?=
export CGO_ENABLED := 0

E2EARGS   ?=
ORTARGS   ?=
.PHONY: web web-test e2e chromium all build demo image test-image test-dockerfile tcb test ort-test lint generate generated backend-tests postgres unit contracts-quick contracts-test contracts-build fuzz bench bench-go wasm kill race clean help

all: build

help: ## list the targets
	@grep -hE '^[a-z-]+:.*## ' $(MAKEFILE_LIST) | sed -E 's/:.*## /\t/' | expand -t 18

build: ## build the programs into bin/
	@$(GO) build -o bin/ ./cmd/encompute ./cmd/enclave ./cmd/devnet

demo: build ## diagnose an encrypted chest X-ray, end to end (INPUT=path.png, DEMOARGS="--json --keep")
	@bin/devnet demo $(if $(INPUT),--input $(INPUT)) $(DEMOARGS)

test: lint generated backend-tests postgres contracts/node_modules web/node_modules unit ort-test wasm contracts-quick web-test e2e ## everything that must hold before a change lands

lint: ## formatting, vet, staticcheck
	@out=$$($(GO) tool gofumpt -l $$(git ls-files '*.go' | grep -v -e '\.pb\.go$$' -e '^contracts/bindings/')); \
	  if [ -n "$$out" ]; then echo "run 'go tool gofumpt -w' on:"; echo "$$out"; exit 1; fi
	$(GO) vet ./...
	$(GO) tool staticcheck ./...

# The generator runs where its files go, so that the command it names in them is always the same.
GENERATE = (cd ring52/internal/gen && $(GO) build -o "$$t/gen" .) && \
  (cd "$$t" && ./gen -pkg ring52 -out kernels_amd64.s -stubs kernels_amd64.go)

generate: ## write the generated assembly anew
	@t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && $(GENERATE) && mv "$$t"/kernels_amd64.* ring52/

generated: ## the committed assembly is what its generator writes
	@t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && $(GENERATE) && \
	  for f in kernels_amd64.s kernels_amd64.go; do \
	    cmp "$$t/$$f" "ring52/$$f" || { echo "run 'make generate'"; exit 1; }; done

# Debian and its kin have ONNX's own tests as a package. Elsewhere the test of the model package says that it skips them.
BACKEND_TESTS = /usr/share/libonnx-testdata/data
backend-tests: ## install ONNX's backend tests, where root can by apt
	@if [ ! -d $(BACKEND_TESTS) ] && command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get install -y -qq libonnx-testdata >/dev/null 2>&1 || \
	  { apt-get update -qq && apt-get install -y -qq libonnx-testdata; } >/dev/null 2>&1 || \
	  echo "libonnx-testdata cannot be installed: ONNX's backend tests will be skipped"; fi

# The hosts' store is tested on a PostgreSQL server that the tests start. Elsewhere they say that they skip it.
postgres: ## install PostgreSQL for the tests, where root can by apt
	@if ! command -v initdb >/dev/null && ! ls /usr/lib/postgresql/*/bin/initdb >/dev/null 2>&1 && \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get install -y -qq postgresql-15 >/dev/null 2>&1 || \
	  { apt-get update -qq && apt-get install -y -qq postgresql-15; } >/dev/null 2>&1 || \
	  echo "postgresql-15 cannot be installed: the tests on PostgreSQL will be skipped"; fi

unit: ## unit tests, fuzz seeds and the end-to-end tests over real processes
	$(GO) test -timeout 20m ./...

# Any shared library of ONNX Runtime will do; unless ENCOMPUTE_ORT_LIBRARY names one it is that in an npm package.
ORT = creator/inference/testdata/onnxruntime
ORT_PLATFORM = $(subst amd64,x64,$(shell $(GO) env GOOS)/$(shell $(GO) env GOARCH))
ORT_LIBRARY = $(or $(ENCOMPUTE_ORT_LIBRARY),$(firstword $(wildcard $(CURDIR)/$(ORT)/node_modules/onnxruntime-node/bin/napi-v6/$(ORT_PLATFORM)/libonnxruntime.*)))
ORT_TEST = CGO_ENABLED=1 ENCOMPUTE_ORT_LIBRARY="$(ORT_LIBRARY)" $(GO) test -tags ort $(ORTARGS) ./creator/inference

$(ORT)/node_modules: $(ORT)/package-lock.json
	@command -v npm >/dev/null || { echo "ONNX Runtime comes by npm: install nodejs and npm, or name its shared library in ENCOMPUTE_ORT_LIBRARY."; exit 1; }
	cd $(ORT) && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

ort-test: $(if $(ENCOMPUTE_ORT_LIBRARY),,$(ORT)/node_modules) ## what runs suffixes, with ONNX Runtime (ORTARGS="-run none -bench ." for times)
	@if ! command -v $$($(GO) env CC) >/dev/null; then \
	  echo "no C compiler: install gcc, or name one in CC; the tests of ONNX Runtime are skipped"; \
	elif [ -z "$(ORT_LIBRARY)" ]; then \
	  echo "no ONNX Runtime for $(ORT_PLATFORM) in npm's onnxruntime-node: name its shared library in ENCOMPUTE_ORT_LIBRARY; its tests are skipped"; \
	else \
	  set -x; $(ORT_TEST); fi

wasm: ## the packages of the browser's programs must compile for it, and compute, plan and measure there as here
	GOOS=js GOARCH=wasm $(GO) build ./protocol ./ring52 ./fhe ./privacy ./attestation/... ./client ./input ./cmd/wasm ./cmd/wasm/creator ./cmd/wasm/leakage
	GOOS=js GOARCH=wasm $(GO) test -short -exec="$$($(GO) env GOROOT)/lib/wasm/go_js_wasm_exec" ./creator/draft -run Plans
	GOOS=js GOARCH=wasm $(GO) test -short -exec="$$($(GO) env GOROOT)/lib/wasm/go_js_wasm_exec" ./creator/advise -run Sheets
	$(GO) vet -tags lean ./model
	$(GO) test -tags lean ./model -run 'Conformance|Runtime|Example'

image: ## build the worker's image twice, compare, write it with SBOM and digest to bin/release
	@$(GO) run ./cmd/release image

# Not part of `make test`: it needs a Docker engine and takes as long as the demo.
test-image: image build ## run a whole job in the worker's image (needs a Docker engine)
	@docker info >/dev/null 2>&1 || { echo "There is no Docker engine: start one, or run 'make demo' without."; exit 1; }
	tar -C bin/release/image -c . | docker load
	bin/devnet demo --image encompute-enclave:release

GO_IMAGE ?= golang:1.26.8
test-dockerfile: image ## the Dockerfile makes the same files as `make image` (needs a Docker engine)
	docker build --network=host --build-arg GO_IMAGE=$(GO_IMAGE) --build-arg GOPROXY=$$($(GO) env GOPROXY) -t encompute-enclave:dockerfile .
	@t=$$(mktemp -d) && trap 'rm -rf "$$t"' EXIT && for tag in release dockerfile; do \
	  [ $$tag = dockerfile ] || tar -C bin/release/image -c . | docker load >/dev/null; \
	  c=$$(docker create encompute-enclave:$$tag) && mkdir "$$t/$$tag" && docker cp "$$c:/enclave" "$$t/$$tag" && \
	  docker cp "$$c:/LICENSES.txt" "$$t/$$tag" && docker rm "$$c" >/dev/null || exit 1; done && \
	  diff -r "$$t/release" "$$t/dockerfile" && sha256sum "$$t"/*/enclave

tcb: ## count the code of the attested binary and write cmd/enclave/tcb.json anew
	@$(GO) run ./cmd/release tcb -size -write cmd/enclave/tcb.json

web/node_modules: web/package-lock.json
	@command -v npm >/dev/null || { echo "The pages need Node 20 or newer with npm: install nodejs and npm."; exit 1; }
	cd web && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

web: web/node_modules ## build the pages that the host shows into web/dist; then run `make build`
	cd web && npm run build

web-test: web/node_modules ## the pages' types and unit tests
	cd web && npm run check && npm test

# Any browser of Chromium's kind will do; the tests say so if there is none.
chromium: ## install Chromium for the tests of the pages, where root can by apt
	@if [ -z "$(CHROMIUM)" ] && ! command -v chromium >/dev/null && ! command -v google-chrome >/dev/null && \
	  command -v apt-get >/dev/null && [ "$$(id -u)" = 0 ]; then \
	  apt-get install -y -qq chromium >/dev/null 2>&1 || \
	  { apt-get update -qq && apt-get install -y -qq chromium; } >/dev/null 2>&1 || \
	  echo "chromium cannot be installed"; fi

e2e: chromium web ## drive the real system in Chromium (E2EARGS="whole" for one test)
	@$(MAKE) --no-print-directory build
	cd web && npm run e2e -- $(E2EARGS)

contracts/node_modules: contracts/package-lock.json
	@command -v npm >/dev/null || { echo "The contract tests need Node 20 or newer with npm: install nodejs and npm, or run 'make lint unit wasm' without them."; exit 1; }
	cd contracts && npm ci --ignore-scripts --no-audit --no-fund
	@touch $@

contracts-quick: contracts/node_modules ## Solidity unit, fuzz and invariant tests; artifacts and bindings are up to date
	cd contracts && npm test && npm run check

contracts-test: contracts/node_modules ## the same with many more runs, and coverage
	cd contracts && FOUNDRY_PROFILE=full npm test && npm run check && npm run coverage

contracts-build: contracts/node_modules ## compile the contracts again and regenerate the Go bindings
	cd contracts && npm run build

KILLS    ?= 200
KILLARGS ?=
# Not part of `make test`, whose own test kills a few times: it takes about ten minutes for each store.
kill: postgres ## kill everybody at random while jobs run; each must end delivered or refunded (KILLS=200 KILLARGS="--store sqlite --seed 1")
	@$(GO) build -o bin/ ./cmd/encompute ./cmd/enclave ./cmd/killtest && bin/killtest --kills $(KILLS) $(KILLARGS)

race: ## what does many things at once, under the race detector (needs a C compiler)
	CGO_ENABLED=1 $(GO) test -race -timeout 60m ./protocol/... ./host/... ./client/... ./creator/... ./enclave/... ./contracts/...

FUZZTIME ?= 20s
fuzz: ## run every fuzz target for FUZZTIME
	@$(GO) list ./... | while read p; do \
	  $(GO) test -list '^Fuzz' $$p | grep '^Fuzz' | while read f; do \
	    echo "$$p $$f"; $(GO) test -run '^$$' -fuzz "^$$f$$" -fuzztime $(FUZZTIME) $$p || exit 1; done || exit 1; done

bench: ## how fast this machine evaluates, beside what it is compared with (BENCHARGS="--only lola --json")
	@$(GO) run ./cmd/encompute bench $(BENCHARGS)

bench-go: ## Go's benchmarks of single operations
	$(GO) test -run '^$$' -bench . -benchtime 3x ./fhe ./attestation ./model

# Not part of `make test`, which runs a small one: it takes ten minutes of an idle machine.
LOADARGS ?=
.PHONY: load
load: build ## put a host under load and print what it stood as JSON (LOADARGS="--only sockets,requests")
	@$(GO) build -o bin/ ./cmd/load && bin/load $(LOADARGS)

clean: ## remove what was built
	rm -rf bin .demo contracts/out contracts/cache web/e2e/out
