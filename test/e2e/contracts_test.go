package e2e

import "github.com/ethereum/go-ethereum/common"

// Contracts in hand-written bytecode, small enough to read.
var (
	// emitter's calls emit LOG1 with topic 1 and the first word of calldata as data.
	//   runtime: PUSH0 CALLDATALOAD PUSH0 MSTORE PUSH1 1 PUSH1 32 PUSH0 LOG1 STOP
	emitter = deployer("5f355f52600160205fa100")
	// reverter's calls revert with Error("no deal").
	reverter = deployer(
		"7f08c379a0" + "00000000000000000000000000000000000000000000000000000000" + "5f52" + // PUSH32 selector, MSTORE 0
			"6020600452" + // offset
			"6007602452" + // length
			"7f6e6f206465616c" + "00000000000000000000000000000000000000000000000000" + "604452" + // "no deal"
			"60645ffd")
)

// deployer is init code that returns the runtime code: PUSH2 len DUP1 PUSH1 10 PUSH0 CODECOPY PUSH0 RETURN.
func deployer(runtime string) []byte {
	code := common.FromHex(runtime)
	prefix := []byte{0x61, byte(len(code) >> 8), byte(len(code)), 0x80, 0x60, 0x0a, 0x5f, 0x39, 0x5f, 0xf3}
	return append(prefix, code...)
}
