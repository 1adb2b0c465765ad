# make devnet   build, and run a network of four validators and two rollups on this machine (Ctrl-C stops it)
# make demo     show a bundle across both rollups on a running devnet
# make test     every test, in groups that can be run alone (make test-unit, …); installs what it needs
# make check    the quick part of it, for before a commit
# make bench    the figures, ours beside controls; make bench-full: all of them, make bench-compare: against the baseline
# make build    bin/lockstep

SHELL := bash
.SHELLFLAGS := -euo pipefail -c
.DEFAULT_GOAL := build

# The engine's databases and go-ethereum's signatures are C code.
export CGO_ENABLED := 1

VERSION := $(shell git describe --tags --always --dirty 2>/dev/null || echo dev)
LINT := bin/golangci-lint
# The linter remembers findings by content, with the paths of the checkout that had them, so each checkout has a memory
# of its own.
export GOLANGCI_LINT_CACHE := $(CURDIR)/bin/lint-cache
# ARGS goes to the command that a target runs: make devnet ARGS="--fresh --log-level info"
ARGS ?=
# The time limit of one package's tests. Each group stays below ten minutes on two cores.
TIMEOUT ?= 9m

# What fails once, and passes when it runs again alone, is told and kept in bin/flaky.txt.
GOTESTSUM := bin/gotestsum
GO_TEST = $(CURDIR)/internal/tools/gotest -timeout $(TIMEOUT) $(ARGS)
# Whole networks over real sockets are groups of their own; package main has nothing but flags.
UNIT_PACKAGES = $(shell go list ./... | grep -Ev '/(test|sim|internal/archtest)(/|$$)')
# The packages whose tests are worth their time under the race detector: concurrent, and light enough.
RACE_PACKAGES = $(wildcard ./mempool ./orderedlog ./internal/golden)

.PHONY: build devnet demo artifacts npm test test-arch test-lint test-unit test-race test-fuzz test-e2e test-recovery test-recovery-long test-networks-long test-sim test-sdk soak check bench generate fmt clean prepare

build: prepare
	go build -ldflags "-X main.version=$(VERSION)" -o bin/lockstep ./cmd/lockstep

# exec, so that a signal reaches the network itself: it ends in good order, and without a word from make.
devnet: build
	@exec bin/lockstep devnet $(ARGS)

demo: build artifacts
	@exec bin/lockstep demo --artifacts demo/artifacts $(ARGS)

# The compiled contracts that the demo deploys, as published on npm.
artifacts: demo/artifacts/node_modules/.package-lock.json
# Implementations that are not ours, which tests check against.
npm: test/npm/node_modules/.package-lock.json
# The clients that people use, and a compiler for the contract that they use.
clients: test/clients/node_modules/.package-lock.json test/clients/flashbots/node_modules/.package-lock.json
%/node_modules/.package-lock.json: %/package.json %/package-lock.json
	@internal/tools/prepare node npm
	@echo "installing the packages of $* with npm"
	@npm ci --prefix $* --loglevel=error > /dev/null
	@touch $@

.PHONY: forget-flaky
test: forget-flaky test-arch test-allocs test-lint test-proto test-contracts test-unit test-race test-fuzz test-e2e test-explorer test-clients test-recovery test-sim test-sdk test-deploy
	@if [ -s bin/flaky.txt ]; then echo; echo "These tests passed only when they ran again. Each is a bug to mend:"; cat bin/flaky.txt; fi

forget-flaky:
	@rm -f bin/flaky.txt

# Import rules, package comments, sizes, determinism, documents against code.
test-arch: prepare $(GOTESTSUM)
	$(GO_TEST) ./internal/archtest/...

test-lint: $(LINT)
	$(LINT) run --allow-parallel-runners ./...

test-unit: prepare $(GOTESTSUM) artifacts npm
	$(GO_TEST) $(UNIT_PACKAGES)

test-race: prepare $(GOTESTSUM)
	$(GO_TEST) -race $(RACE_PACKAGES)

# Every fuzz target for some thousand inputs; the corpora themselves already run with the unit tests.
# A number of inputs, not a time: go test reports the end of a time as a failure now and then on a busy machine.
FUZZTIME ?= 10000x
test-fuzz: prepare
	@for package in $$(go list -f '{{.Dir}}' $(UNIT_PACKAGES)); do \
	  for target in $$(grep -hoE '^func Fuzz[A-Za-z0-9_]+' "$$package"/*_test.go 2>/dev/null | cut -c6-); do \
	    echo "$$target"; go test -timeout $(TIMEOUT) -run '^$$' -fuzz "^$$target\$$" -fuzztime $(FUZZTIME) "$$package" > bin/fuzz.log || { cat bin/fuzz.log; exit 1; }; \
	  done; \
	done

.PHONY: test-proto generate-proto proto-breaking
# The protobuf files are linted, and gen/pb is what the generators make of them.
BUF = proto/node_modules/.bin/buf
PROTO_TOOLS = bin/protoc-gen-go bin/protoc-gen-connect-go
test-proto: proto/node_modules/.package-lock.json $(PROTO_TOOLS)
	$(BUF) lint proto
	$(BUF) generate proto --template proto/buf.gen.yaml -o bin/_proto
	@diff -r bin/_proto/gen/pb gen/pb || { echo "gen/pb is not what proto says: run make generate-proto" >&2; exit 1; }

generate-proto: proto/node_modules/.package-lock.json $(PROTO_TOOLS)
	$(BUF) generate proto --template proto/buf.gen.yaml

# What clients of the files in another branch could not read any more: BASE=main.
BASE ?= main
proto-breaking: proto/node_modules/.package-lock.json
	$(BUF) breaking proto --against "$(shell git rev-parse --git-common-dir)#branch=$(BASE),subdir=proto"

bin/protoc-gen-go: go.mod
	go build -o $@ google.golang.org/protobuf/cmd/protoc-gen-go
bin/protoc-gen-connect-go: go.mod
	go build -o $@ connectrpc.com/connect/cmd/protoc-gen-connect-go

.PHONY: contracts test-contracts generate-contracts
# The contracts, with the compiler from npm: no network after that. (The script that npm puts into .bin ends with 0
# whatever forge ended with; the one folder that matches is the platform's.)
FORGE = cd contracts && node_modules/@foundry-rs/forge-*/bin/forge
contracts: contracts/node_modules/.package-lock.json
	$(FORGE) build

# Forge's tests and its form; gas compared with what is committed, and so is everything that is made of the contracts; and
# what only a real EVM tells.
test-contracts: contracts bin/abigen $(GOTESTSUM)
	$(FORGE) fmt --check
	$(FORGE) lint src/*/*.sol
	$(FORGE) test --no-match-contract GasTest
	$(FORGE) test --match-contract GasTest --isolate --gas-snapshot-check=true
	@rm -rf bin/contracts && contracts/bin/generate bin/abigen bin/contracts
	@for made in gen/bindings contracts/snapshots/abi contracts/snapshots/storage; do \
	  diff -r bin/contracts/$$made $$made || { echo "$$made is not what contracts says: run make generate-contracts" >&2; exit 1; }; \
	done
	@diff bin/contracts/contracts/predeploy/Assertions.bin-runtime contracts/predeploy/Assertions.bin-runtime
	$(GO_TEST) ./contracts/... ./test/contracts

generate-contracts: contracts bin/abigen
	rm -rf gen/bindings contracts/snapshots
	contracts/bin/generate bin/abigen .
	$(FORGE) test --match-contract GasTest --isolate

# go-ethereum's own generator, in the version that the bindings are used with.
bin/abigen: go.mod
	go build -o $@ github.com/ethereum/go-ethereum/cmd/abigen

# Whole networks over real sockets.
test-e2e: prepare $(GOTESTSUM) artifacts npm clients
	$(GO_TEST) -p 1 $(shell go list ./test/... | grep -Ev '/test/(clients|contracts|explorer|recovery|sdk)')

# The explorer's page, which the binary embeds as it is committed.
explorer: explorer/web/node_modules/.package-lock.json
	cd explorer/web && npm run --silent build

# The page in a browser, in front of a network that also goes away; and whether the committed page is what its sources build.
test-explorer: prepare $(GOTESTSUM) artifacts explorer/web/node_modules/.package-lock.json
	@internal/tools/prepare chromium
	$(GO_TEST) -count=1 ./test/explorer

.PHONY: explorer test-explorer clients test-clients
# viem, ethers and cast, as published, against a devnet. (Of the scripts the go command knows nothing, so it must not remember.)
test-clients: prepare $(GOTESTSUM) clients
	$(GO_TEST) -count=1 ./test/clients

# Validators in processes of their own, killed and damaged. A seed in the output reproduces victims and moments: -seed N.
test-recovery: prepare $(GOTESTSUM)
	$(GO_TEST) ./test/recovery

# The same with 60 kills, retention, and what each folder grows by; some fifteen minutes.
test-recovery-long: prepare
	go test -timeout 40m -v ./test/recovery -long -kills 60 $(ARGS)

# Hostile proposers and peers, wrong executors, levels, checkpoints and proofs, ten times over: some forty minutes.
REPEAT ?= 10
test-networks-long: prepare artifacts npm
	go test -timeout 60m -count $(REPEAT) -run 'Hostile|Cluster' ./ordering/comet $(ARGS)
	go test -timeout 60m -count $(REPEAT) ./test/e2e $(ARGS)

# Simulated networks with faults: 10,000 bundles (ARGS="-bundles 100000" for more).
test-sim: prepare $(GOTESTSUM)
	$(GO_TEST) ./sim

# The TypeScript SDK: types, vectors that the Go tests wrote, its verifier in a browser, and all of it against a devnet.
test-sdk: prepare $(GOTESTSUM) artifacts sdk/ts/node_modules/.package-lock.json
	@internal/tools/prepare chromium
	cd sdk/ts && npm run --silent check && npm run --silent test
	$(GO_TEST) -count=1 ./test/sdk

# What deploy has for Docker, Kubernetes, systemd, Prometheus and Grafana, read by their own parsers, which are a module of their own.
.PHONY: test-deploy
test-deploy: prepare $(GOTESTSUM)
	@internal/tools/prepare systemd-analyze
	cd test/deploy && $(GO_TEST) -count=1 ./...

# Networks of processes behind links with delay, loss and partitions, of 4 and 7 validators; some ten minutes.
.PHONY: test-network soak-sim
test-network: prepare
	go test -count=1 -timeout 60m -v ./test/network -long $(ARGS)

# Four processes under mixed load and scheduled faults, and a verdict.
SOAK_TIME ?= 1h
soak: prepare
	go test -count=1 -timeout 0 -v ./test/network -run TestSoak -soak $(SOAK_TIME) $(ARGS)

# A million simulated bundles, from another seed each day (SEED=7 for a certain one). It takes hours.
SEED ?= $(shell date +%Y%m%d000)
SOAK_BUNDLES ?= 1000000
soak-sim: build
	bin/lockstep sim --seed $(SEED) --total $(SOAK_BUNDLES) --ticks 500 --bundles 16 $(ARGS)

# Two chains of the real OP Stack, built from its makers' sources into bin/opstack, beside Lockstep; ARGS=-long for longer.
.PHONY: test-opstack
test-opstack: prepare test/opstack/node_modules/.package-lock.json
	@cd test/opstack && exec go test -count=1 -v -timeout 60m . $(ARGS)

check: prepare $(GOTESTSUM) $(LINT)
	go build ./...
	$(GO_TEST) -short ./core/... ./internal/...
	$(LINT) run --allow-parallel-runners ./...

# The figures of docs/benchmarks.md: ours beside controls that are not ours, in turns; the page, the JSON files and the plots
# beside it are written anew. The quick form takes some four minutes, the full one an hour: BENCH_BUDGET is shared out to its experiments,
# which have fewer rounds where time is short. It goes on where it was stopped with ARGS=-resume. Others: ARGS="-rounds 3 -only 'tuned|Lockstep, four.*disk' latency"; `bin/bench run -h` has all.
BENCH_TOOLS = bin/bench bin/plot artifacts test/opstack/node_modules/.package-lock.json
BENCH_RUN = bin/bench run -plot bin/plot -anvil "$$(ls test/opstack/node_modules/@foundry-rs/anvil-*/bin/anvil)" -out docs/benchmarks -document docs/benchmarks.md
BENCH_BUDGET ?= 60m
.PHONY: bench-full bench-compare bench-baseline test-allocs
bench: $(BENCH_TOOLS)
	@exec $(BENCH_RUN) $(ARGS)

bench-full: $(BENCH_TOOLS)
	@exec $(BENCH_RUN) -full -budget $(BENCH_BUDGET) $(ARGS)

.PHONY: bin/bench
bin/bench: prepare
	go build -ldflags "-X main.version=$(VERSION)" -o $@ ./test/bench

bin/plot: test/bench/tools/go.mod $(wildcard test/bench/tools/plot/*.go)
	cd test/bench/tools && go build -o "$(CURDIR)/$@" ./plot
bin/allocs: test/bench/tools/go.mod $(wildcard test/bench/tools/allocs/*.go)
	cd test/bench/tools && go build -o "$(CURDIR)/$@" ./allocs
bin/benchstat: test/bench/tools/go.mod
	cd test/bench/tools && go build -o "$(CURDIR)/$@" golang.org/x/perf/cmd/benchstat

# The hot paths one by one. Allocations are the same on every machine, so they are what a change is held to: test-allocs fails where more
# is allocated than in the baseline. Nanoseconds are for benchstat, and for one's own eyes.
BENCH_BASELINE = test/bench/baseline/hot.txt
BENCH_COUNT ?= 1
.PHONY: bench-hot
bench-hot:
	@go test -run '^$$' -bench '^Benchmark(Tick|Ledger|Build)$$/^(check|validators|$$)' -benchmem -benchtime 12x -count $(BENCH_COUNT) -cpu 1 ./ordering
	@go test -run '^$$' -bench '^BenchmarkSelect$$' -benchmem -benchtime 5x -count $(BENCH_COUNT) -cpu 1 ./mempool
	@go test -run '^$$' -bench '^Benchmark(Verify|Build)$$' -benchmem -benchtime 20x -count $(BENCH_COUNT) -cpu 1 ./proof

test-allocs: prepare bin/allocs $(GOTESTSUM)
	@$(MAKE) --no-print-directory bench-hot > bin/hot.txt || { cat bin/hot.txt; exit 1; }
	@bin/allocs $(BENCH_BASELINE) bin/hot.txt
	cd test/bench/tools && $(GO_TEST) -count=1 ./...

bench-compare: prepare bin/allocs bin/benchstat
	@$(MAKE) --no-print-directory bench-hot BENCH_COUNT=6 > bin/hot.txt || { cat bin/hot.txt; exit 1; }
	bin/benchstat $(BENCH_BASELINE) bin/hot.txt
	bin/allocs $(BENCH_BASELINE) bin/hot.txt

bench-baseline: prepare
	$(MAKE) --no-print-directory bench-hot BENCH_COUNT=6 > $(BENCH_BASELINE)

# What open explorer pages cost a node under load.
.PHONY: bench-explorer
bench-explorer: build
	go run ./test/bench -pages 500 -rates 100 $(ARGS)

# What assertions, messages, tokens, swaps and intents cost: gas, processor time, and milliseconds of an intent.
.PHONY: bench-across
bench-across: build artifacts
	go run ./test/bench -across $(ARGS)

# The gateway and a stock go-ethereum node with the same blocks, asked the same questions in turns.
.PHONY: bench-gateway
.PHONY: bench-execution
# What executing costs in a zone, beside go-ethereum importing its blocks: one of the experiments.
bench-execution: $(BENCH_TOOLS)
	@exec $(BENCH_RUN) -full $(ARGS) execution

bench-gateway: build artifacts
	go run ./test/bench -gateway $(ARGS)

fmt: $(LINT)
	$(LINT) fmt ./...

# Golden files and the generated blocks of documents; whether they are up to date is what the tests compare.
GOLDEN_PACKAGES = $(shell grep -rlE 'internal/golden"|"rewrite"' --include='*_test.go' --exclude-dir=node_modules . | xargs -n 1 dirname | sort -u)
generate: generate-proto generate-contracts artifacts npm clients
	# The examples are embedded, and what is made from them is compared by the second line.
	-go test -count=1 ./gateway -run OpenRPC -rewrite
	go test -count=1 $(GOLDEN_PACKAGES) -rewrite

# The linter is pinned in a module of its own, so that its dependencies stay out of ours.
$(LINT): internal/tools/lint/go.mod internal/tools/lint/go.sum
	@internal/tools/prepare gcc git
	cd internal/tools/lint && go build -o "$(CURDIR)/$(LINT)" github.com/golangci/golangci-lint/v2/cmd/golangci-lint
	@touch $@

# Pinned in a module of its own, as the linter is.
$(GOTESTSUM): internal/tools/gotestsum/go.mod internal/tools/gotestsum/go.sum
	@internal/tools/prepare gcc git
	cd internal/tools/gotestsum && go build -o "$(CURDIR)/$(GOTESTSUM)" gotest.tools/gotestsum
	@touch $@

prepare:
	@mkdir -p bin
	@internal/tools/prepare gcc git

clean:
	rm -rf bin demo/artifacts/node_modules test/npm/node_modules test/clients/node_modules test/clients/flashbots/node_modules test/opstack/node_modules explorer/web/node_modules proto/node_modules sdk/ts/node_modules sdk/ts/dist contracts/node_modules contracts/out contracts/cache
