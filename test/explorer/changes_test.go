package explorer

import (
	"context"
	"encoding/json"
	"fmt"
	"path/filepath"
	"time"

	"github.com/ethereum/go-ethereum/crypto"

	"github.com/lockstep-network/lockstep/client"
	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/node"
)

// changeRequest is a change that the script asks for.
type changeRequest struct {
	Change core.Change `json:"change"`
	// Ticks is how many ticks after the newest one it takes effect.
	Ticks uint64 `json:"ticks"`
}

// change submits a change that three of the four validators have signed, and gives its number.
func (n *network) change(request string) string {
	sequence, err := n.submit(request)
	if err != nil {
		n.t.Errorf("change %s: %v", request, err)
	}
	return fmt.Sprint(sequence)
}

func (n *network) submit(text string) (uint64, error) {
	var request changeRequest
	if err := json.Unmarshal([]byte(text), &request); err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(n.t.Context(), patience)
	defer cancel()
	c, err := client.Dial(ctx, n.url)
	if err != nil {
		return 0, err
	}
	defer c.Close()
	status, err := c.Network(ctx)
	if err != nil {
		return 0, err
	}
	view, err := c.Control(ctx, 1)
	if err != nil {
		return 0, err
	}
	entry := &core.Control{Sequence: view.Next, NotAfter: uint64(time.Now().Add(time.Hour).UnixMilli()), Change: request.Change}
	if request.Ticks > 0 {
		entry.Effective = status.Head.Tick + request.Ticks
	}
	for i := range 3 {
		key, err := crypto.LoadECDSA(node.EthereumKey(filepath.Join(n.dir, fmt.Sprintf("validator-%d", i))))
		if err != nil {
			return 0, err
		}
		if err := entry.Sign(n.id, key); err != nil {
			return 0, err
		}
	}
	receipt, err := c.SubmitControl(ctx, entry)
	if err != nil {
		return 0, err
	}
	return receipt.Sequence, nil
}
