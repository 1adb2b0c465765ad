package predeploy

import (
	_ "embed" // the files are the code
	"encoding/hex"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/crypto"
)

// Permit2Address is where wallets and applications expect Permit2 on every chain.
var Permit2Address = common.HexToAddress("0x000000000022D473030F116dDEE9F6B43aC78BA3")

// Where Permit2's code pushes its two immutable values, 32 bytes each.
const (
	permit2ChainID         = 6945
	permit2DomainSeparator = 6983
)

var (
	//go:embed Assertions.bin-runtime
	assertions string
	// Of Preinstalls.sol in @eth-optimism/contracts-bedrock 0.17.3 (MIT): Permit2 as it is on Ethereum.
	//
	//go:embed Permit2.bin-runtime
	permit2 string
)

// Assertions is the code of the Lockstep predeploy.
func Assertions() []byte { return decode(assertions) }

// Permit2 is the code of Permit2 on the chain with this id.
func Permit2(chainID uint64) []byte {
	code := decode(permit2)
	id := common.BigToHash(new(big.Int).SetUint64(chainID))
	copy(code[permit2ChainID:], id[:])
	separator := crypto.Keccak256(
		crypto.Keccak256([]byte("EIP712Domain(string name,uint256 chainId,address verifyingContract)")),
		crypto.Keccak256([]byte("Permit2")), id[:], common.LeftPadBytes(Permit2Address[:], 32),
	)
	copy(code[permit2DomainSeparator:], separator)
	return code
}

func decode(file string) []byte {
	code, err := hex.DecodeString(strings.TrimSpace(file))
	if err != nil {
		panic("predeploy: an embedded file is not hexadecimal: " + err.Error()) // the package's own test reads it
	}
	return code
}
