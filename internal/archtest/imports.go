package archtest

import "strings"

const (
	geth  = "github.com/ethereum/go-ethereum"
	comet = "github.com/cometbft"
)

// stages are the folders of the data path, in its order.
var stages = []string{"gateway", "intents", "mempool", "ordering", "orderedlog", "zone", "explorer", "settlement", "da", "adapters"}

// ImportRule says what packages may import of something.
type ImportRule struct {
	// In are the packages it is about, and Except those among them that it is not about (patterns of paths under the
	// module's root).
	In, Except []string
	// Of are the imports it is about (patterns; "external" is everything outside of the standard library), and Only
	// those among them that are allowed.
	Of, Only []string
	// Tests: the rule holds for test files too.
	Tests  bool
	Reason string
}

func module(paths ...string) []string {
	for i := range paths {
		paths[i] = Module + "/" + paths[i]
	}
	return paths
}

// ImportRules are the rules of ARCHITECTURE.md, "Who may import whom".
func ImportRules() []ImportRule {
	rules := []ImportRule{
		{
			In: []string{"core"}, Of: []string{"external"},
			Only:   []string{geth + "/common/...", geth + "/rlp", geth + "/crypto", geth + "/core/types", "github.com/cloudflare/circl/simd/keccakf1600"},
			Reason: "everything imports core, so what core needs, everything needs, proofs and light clients included",
		},
		{
			In: []string{"proof"}, Of: []string{"external"},
			Only:   append(module("core"), geth+"/common/...", geth+"/rlp", geth+"/crypto"),
			Reason: "a verifier is embedded by those who trust nobody: it brings no engine, no network, no files and no database along",
		},
		{
			In: []string{"ordering"}, Of: []string{"external"},
			Only:   append(module("core"), geth+"/common/...", geth+"/rlp", geth+"/crypto", geth+"/core/types", geth+"/trie"),
			Reason: "the replicated machine depends on what is hashed and on nothing that can change beside it",
		},
		{
			In: []string{"..."}, Except: []string{"ordering/comet/...", "sim/...", "test/..."}, Of: []string{comet + "/..."}, Tests: true,
			Reason: "CometBFT is behind ordering/comet alone, so that the engine can be replaced and the machine tested without it",
		},
		{
			In: []string{"..."}, Except: []string{"zone/evm/...", "sim/...", "test/..."}, Of: []string{geth + "/..."},
			Only: []string{
				geth, geth + "/accounts/abi/...", geth + "/accounts/keystore", geth + "/common/...", geth + "/core/types", geth + "/crypto", geth + "/ethclient",
				geth + "/event", geth + "/params", geth + "/rlp", geth + "/rpc",
				geth + "/signer/core/apitypes", geth + "/trie",
			},
			Reason: "go-ethereum's execution is behind zone/evm alone, so that an upgrade of it is a change of one package",
		},
		{
			In: []string{"..."}, Except: []string{"ordering/...", "zone/evm/...", "sim/...", "test/..."}, Of: []string{geth + "/trie/..."},
			Reason: "there is one ledger trie, in ordering, and the rollups' tries, in zone/evm",
		},
		{
			In: []string{"node/..."}, Of: []string{Module + "/..."}, Only: module(append([]string{"core", "proof", "contracts/deployment", "contracts/predeploy", "gen/bindings/...", "node/..."}, under(stages)...)...),
			Reason: "cmd → node → stages → core: node wires stages and knows nothing of who starts it",
		},
		{
			In: []string{"cmd/..."}, Of: []string{Module + "/..."}, Only: module("core", "proof", "cmd/...", "contracts/...", "node/...", "demo/...", "client/...", "adapters/...", "bench/...", "sim", "solver"),
			Reason: "cmd → node → stages → core: the binary parses flags, calls and prints",
		},
		{
			In: []string{"internal/..."}, Of: []string{Module + "/..."}, Only: module("internal/..."),
			Reason: "what serves every package's tests cannot depend on one of them",
		},
		{
			In: []string{"..."}, Except: []string{"internal/..."}, Of: []string{"testing/...", Module + "/internal/golden", Module + "/internal/archtest"},
			Reason: "production code has no test-only branches; harnesses are packages whose name ends in \"test\"",
		},
		{
			In: []string{"..."}, Of: []string{"log", "io/ioutil", "math/rand", "github.com/pkg/errors"},
			Reason: "log/slog is injected; io, os and errors have what these had; random values come from crypto/rand or a seeded math/rand/v2",
		},
	}
	return append(append(rules, outerRules()...), stageRules()...)
}

// stageRules are those of the data path. Adapters are clients, see outerRules.
func stageRules() (rules []ImportRule) {
	for _, stage := range stages {
		only := module("core", stage+"/...", "gen/...")
		switch stage {
		case "adapters":
			continue
		case "intents": // it reads orders and what the settlers say of them
			only = append(only, module("contracts/orders", "contracts/predeploy")...)
		}
		rules = append(rules, ImportRule{
			In: []string{stage + "/..."}, Of: []string{Module + "/..."}, Only: only, Tests: true,
			Reason: "stages do not import each other: each declares the few methods that it needs, and node fits them together",
		})
	}
	return rules
}

// outerRules are about who speaks to a network from outside.
func outerRules() []ImportRule {
	return []ImportRule{
		{
			In: []string{"demo/..."}, Of: []string{Module + "/..."}, Only: module("core", "client", "contracts/...", "demo/...", "gateway", "gen/bindings/...", "node/devnet", "solver"),
			Reason: "the demo speaks to a network as any application does, with the devnet's public accounts",
		},
		{
			In: []string{"client/..."}, Of: []string{Module + "/..."}, Only: module("core", "proof", "client/...", "gateway", "gen/..."),
			Reason: "a client speaks to a network through its RPC, so it needs the vocabulary and the types of the gateway's answers",
		},
		{
			In: []string{"..."}, Except: []string{"gateway/laneapi/...", "client/lane/...", "test/..."}, Of: append(module("gen/pb/..."), "connectrpc.com/...", "google.golang.org/protobuf/..."), Tests: true,
			Reason: "protobuf and Connect stop at the two ends of the wire: what they carry is of package core on both sides",
		},
		{
			In: []string{"contracts/..."}, Of: []string{Module + "/..."}, Only: module("core", "contracts/...", "gen/bindings/..."),
			Reason: "contracts are for every application: what it takes to use them knows chains, and nothing of a node",
		},
		{
			In: []string{"solver/..."}, Of: []string{Module + "/..."}, Only: module("core", "client", "contracts/...", "gateway", "gen/bindings/...", "node/keys", "solver/..."),
			Reason: "a market maker knows a network by its RPC and contracts by their calls, as it would outside of this repository",
		},
		{
			In: []string{"adapters/..."}, Of: []string{Module + "/..."}, Only: module("core", "proof", "client/lane", "adapters/..."), Tests: true,
			Reason: "an adapter runs beside a foreign chain's nodes and knows the network by its lane, as any rollup's node does",
		},
		{
			In: []string{"examples/..."}, Of: []string{Module + "/..."}, Only: module("core", "proof", "client/...", "examples/..."),
			Reason: "an example is written as somebody outside would write it",
		},
	}
}

func under(folders []string) []string {
	patterns := make([]string, len(folders))
	for i, folder := range folders {
		patterns[i] = folder + "/..."
	}
	return patterns
}

// Check finds the imports of the tree that the rule does not allow.
func (r ImportRule) Check(t *Tree) []Finding {
	var found []Finding
	t.files(r.Tests, func(p *Package, f *File) {
		if !matchesAny(r.In, p.Path) || matchesAny(r.Except, p.Path) || p.Harness() && !r.Tests {
			return
		}
		for _, spec := range f.Syntax.Imports {
			if name := importPath(spec); r.about(f, name) && !matchesAny(r.Only, name) {
				found = append(found, t.at(spec, "must not import %s: %s", name, r.Reason))
			}
		}
	})
	return found
}

// about tells whether the rule says something about an import.
func (r ImportRule) about(f *File, name string) bool {
	if f.Test && matches(Module+"/internal/...", name) {
		return false // what serves tests may be used by all tests
	}
	for _, of := range r.Of {
		if of == "external" && isExternal(name) || matches(of, name) {
			return true
		}
	}
	return false
}

// isExternal tells whether an import is not of the standard library, whose paths begin without a host name.
func isExternal(name string) bool {
	host, _, _ := strings.Cut(name, "/")
	return strings.Contains(host, ".")
}

// CheckAliases finds imports whose alias is not the fixed one: `geth…` for go-ethereum (it too has a core), `cmt…` for
// CometBFT, and one spelling per path over the whole tree.
func CheckAliases(t *Tree) []Finding {
	var found []Finding
	fixed := map[string]string{geth + "/core": "gethcore", geth + "/core/types": "gethtypes"}
	seen := make(map[string]*string)
	t.files(true, func(_ *Package, f *File) {
		for _, spec := range f.Syntax.Imports {
			name, alias := importPath(spec), ""
			if spec.Name != nil {
				alias = spec.Name.Name
			}
			if alias == "_" {
				continue
			}
			first, known := seen[name]
			switch {
			case fixed[name] != "" && alias != fixed[name]:
				found = append(found, t.at(spec, "import %s as %s", name, fixed[name]))
			case matches(geth+"/...", name) && alias != "" && !strings.HasPrefix(alias, "geth"):
				found = append(found, t.at(spec, "alias %q of %s: go-ethereum's aliases begin with geth", alias, name))
			case matches(comet+"/...", name) && !strings.HasPrefix(alias, "cmt"):
				found = append(found, t.at(spec, "alias %q of %s: CometBFT's packages have aliases that begin with cmt", alias, name))
			case known && *first != alias:
				found = append(found, t.at(spec, "%s is imported as %q here and as %q elsewhere: one spelling per path", name, alias, *first))
			case !known:
				seen[name] = &alias
			}
		}
	})
	return found
}
