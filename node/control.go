package node

import (
	"context"
	"crypto/ecdsa"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/mempool"
	"github.com/lockstep-network/lockstep/ordering"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// control is how the gateway reads and brings changes of the network.
type control struct {
	pool    *mempool.Pool
	machine *ordering.Machine
}

func (c control) AddControl(ctx context.Context, entry *core.Control) error {
	return refusal(c.pool.AddControl(ctx, entry))
}

func (c control) Changes(from uint64, limit int) (changes []gateway.Change, next uint64) {
	ordered, next := c.machine.Control(from, limit)
	for _, change := range ordered {
		changes = append(changes, gateway.Change(change))
	}
	return changes, next
}

func (c control) Validators() []core.Validator { return c.machine.Validators() }

func (c control) Protocol() (version, since uint64) { return c.machine.Protocol() }

// ProveKeys is the validator of a home folder and an Ethereum key, with the proofs of possession that a genesis and a control
// entry need, and the node id that peers know it by. A home without a consensus key gets one.
func ProveKeys(home string, ethereum *ecdsa.PrivateKey, power uint64) (v core.Validator, nodeID string, err error) {
	consensus, nodeID, err := comet.GenerateKeys(OrderingDir(home))
	if err != nil {
		return v, "", err
	}
	v, err = core.NewValidator(consensus, ethereum, power)
	return v, nodeID, err
}
