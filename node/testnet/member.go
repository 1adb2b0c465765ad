package testnet

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
	"github.com/lockstep-network/lockstep/node/keys"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// NewMember makes the keys of a validator that is to join a network, or reads those that are in its home folder, and gives what
// the others need of them, with both keys' proofs of possession, and the node id that peers know it by. The Ethereum key is encrypted
// with the password in the first line of passwordFile; without one it must be there.
func NewMember(home, passwordFile string, power uint64) (member core.Validator, nodeID string, err error) {
	path := node.EthereumKey(home)
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		if passwordFile == "" {
			return member, "", fmt.Errorf("%w: %s is not there, and a new key wants a file with a password", ErrOptions, path)
		}
		password, err := keys.Password(passwordFile)
		if err != nil {
			return member, "", err
		}
		if _, err := keys.New(path, password, keys.Standard); err != nil {
			return member, "", err
		}
	}
	ethereum, err := keys.Load(path, passwordFile)
	if err != nil {
		return member, "", err
	}
	consensus, nodeID, err := comet.GenerateKeys(node.OrderingDir(home))
	if err != nil {
		return member, "", err
	}
	member, err = core.NewValidator(consensus, ethereum, power)
	return member, nodeID, err
}
