package uniswap

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/ethereum/go-ethereum/accounts/abi"
	"github.com/ethereum/go-ethereum/common"
)

// Artifact is a compiled contract of an npm package.
type Artifact struct {
	ABI      abi.ABI
	Bytecode []byte
}

// Contracts are the compiled contracts that make an exchange.
type Contracts struct {
	Factory, Router, WETH, Token, Pair Artifact
}

// Load reads the artifacts of @uniswap/v2-core and @uniswap/v2-periphery below dir, which is the folder npm
// installed them into (the one that holds node_modules).
func Load(dir string) (*Contracts, error) {
	var c Contracts
	for _, file := range []struct {
		path string
		into *Artifact
	}{
		{"@uniswap/v2-core/build/UniswapV2Factory.json", &c.Factory},
		{"@uniswap/v2-core/build/UniswapV2Pair.json", &c.Pair},
		{"@uniswap/v2-periphery/build/UniswapV2Router02.json", &c.Router},
		{"@uniswap/v2-periphery/build/WETH9.json", &c.WETH},
		{"@uniswap/v2-periphery/build/ERC20.json", &c.Token},
	} {
		if err := file.into.load(filepath.Join(dir, "node_modules", filepath.FromSlash(file.path))); err != nil {
			return nil, fmt.Errorf("%w: %w\n`make demo` and `make artifacts` install them into demo/artifacts; --artifacts names the folder that holds node_modules", ErrArtifacts, err)
		}
	}
	return &c, nil
}

func (a *Artifact) load(path string) error {
	b, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	var file struct {
		ABI      json.RawMessage `json:"abi"`
		Bytecode string          `json:"bytecode"`
	}
	if err := json.Unmarshal(b, &file); err != nil {
		return fmt.Errorf("%s: %w", path, err)
	}
	if a.ABI, err = abi.JSON(strings.NewReader(string(file.ABI))); err != nil {
		return fmt.Errorf("%s: abi: %w", path, err)
	}
	if a.Bytecode = common.FromHex(file.Bytecode); len(a.Bytecode) == 0 {
		return fmt.Errorf("%s: no bytecode", path)
	}
	return nil
}

// deployment is the init code with constructor arguments.
func (a *Artifact) deployment(args ...any) ([]byte, error) {
	packed, err := a.ABI.Pack("", args...)
	if err != nil {
		return nil, fmt.Errorf("constructor: %w", err)
	}
	return append(append([]byte(nil), a.Bytecode...), packed...), nil
}
