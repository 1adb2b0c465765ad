package node

import (
	"context"
	"log/slog"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/ordering/comet"
)

// RunSigner holds the consensus key of a validator that runs elsewhere, and signs for it until ctx ends. home is a folder with the key and
// the record of its last signature, as the folder of a validator's engine has them; connect is the validator's ordering.signer.
func RunSigner(ctx context.Context, home, connect string, genesis *core.Genesis, log *slog.Logger) error {
	return comet.RunSigner(ctx, comet.SignerConfig{Home: home, Connect: connect, ChainID: genesis.ChainID(), Logger: log})
}
