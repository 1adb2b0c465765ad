package opstack

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"reflect"
	"slices"
	"sync"
	"time"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/crypto"
	"github.com/gorilla/websocket"
)

// preconfirmed is what the stream has said of a block.
type preconfirmed struct {
	id       string
	parent   common.Hash
	txs      []common.Hash
	receipts map[common.Hash]map[string]any
	at       map[common.Hash]time.Time
	messages int
}

// listener keeps what a chain's stream says.
type listener struct {
	conn   *websocket.Conn
	mu     sync.Mutex
	blocks map[uint64]*preconfirmed
	void   int
	failed error
}

// listen connects to a proxy's stream.
func (p *proxy) listen() (*listener, error) {
	conn, _, err := websocket.DefaultDialer.DialContext(interrupted, "ws://"+p.stream, nil)
	if err != nil {
		return nil, err
	}
	l := &listener{conn: conn, blocks: make(map[uint64]*preconfirmed)}
	go func() {
		for {
			_, text, err := conn.ReadMessage()
			if err == nil {
				err = l.hear(text, time.Now())
			}
			if err != nil {
				l.mu.Lock()
				defer l.mu.Unlock()
				l.failed = err
				return
			}
		}
	}()
	return l, nil
}

// hear takes a message, and checks that it is the next one.
func (l *listener) hear(text []byte, now time.Time) error {
	var m struct {
		ID    string `json:"payload_id"`
		Index int
		Base  *struct {
			Parent common.Hash `json:"parent_hash"`
		}
		Diff     struct{ Transactions []hexutil.Bytes }
		Metadata struct {
			Number   uint64 `json:"block_number"`
			Receipts map[common.Hash]map[string]any
		}
	}
	if err := json.Unmarshal(text, &m); err != nil {
		return err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.blocks[m.Metadata.Number]
	if m.Base != nil {
		if b != nil {
			l.void++
		}
		b = &preconfirmed{id: m.ID, parent: m.Base.Parent, receipts: make(map[common.Hash]map[string]any), at: make(map[common.Hash]time.Time)}
		l.blocks[m.Metadata.Number] = b
	}
	if b == nil || b.id != m.ID || b.messages != m.Index {
		return fmt.Errorf("message %d of block %d does not continue what the stream said;", m.Index, m.Metadata.Number)
	}
	b.messages++
	for _, raw := range m.Diff.Transactions {
		hash := crypto.Keccak256Hash(raw)
		b.txs, b.at[hash] = append(b.txs, hash), now
	}
	maps.Copy(b.receipts, m.Metadata.Receipts)
	return nil
}

// preconfirms lets users hand in transfers, one after the other, and compares what the stream said of them, and when, with the blocks.
func (c *chain) preconfirms() (string, error) {
	l, err := c.proxy.listen()
	if err != nil {
		return "", err
	}
	defer func() { _ = l.conn.Close() }()
	first, err := c.sequencer.BlockNumber(interrupted)
	if err != nil {
		return "", err
	}
	from, sent := time.Now(), make(map[common.Hash]time.Time)
	for _, user := range c.crowd[:40] {
		hash, err := c.hand(user)
		if err != nil {
			return "", err
		}
		sent[hash] = time.Now()
		if err := pause(300 * time.Millisecond); err != nil {
			return "", err
		}
	}
	last := uint64(0)
	for hash := range sent {
		err := eventually(time.Minute, func() error {
			receipt, err := c.sequencer.TransactionReceipt(interrupted, hash)
			if err == nil {
				last = max(last, receipt.BlockNumber.Uint64())
			}
			return err
		})
		if err != nil {
			return "", fmt.Errorf("transaction %s: %w", hash, err)
		}
	}
	if err := c.past(last + 1); err != nil { // the last block is told to its end
		return "", err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	early, late, receipts, err := c.compare(l, first+2, last, sent, c.pace.after(from))
	if err == nil {
		err = l.failed
	}
	if err != nil || len(early) < len(sent)*3/4 {
		return "", errors.Join(err, fmt.Errorf("%d of %d transactions were told before their block;", len(early), len(sent)))
	}
	slices.Sort(early)
	slices.Sort(late)
	return fmt.Sprintf("%d receipts as the chain has them, %d times what was told became void; from submission: pre-confirmed median %.0f ms, longest %.0f ms; in a block %.0f ms, %.0f ms",
		receipts, l.void, milliseconds(early[len(early)/2]), milliseconds(early[len(early)-1]), milliseconds(late[len(late)/2]), milliseconds(late[len(late)-1])), nil
}

// past waits until the chain's head is not below a block.
func (c *chain) past(number uint64) error {
	return eventually(time.Minute, func() error {
		head, err := c.sequencer.BlockNumber(interrupted)
		if err == nil && head < number {
			err = fmt.Errorf("the head is %d;", head)
		}
		return err
	})
}

// hand hands in a transfer of an account that has nothing under way.
func (c *chain) hand(user account) (common.Hash, error) {
	nonce, err := c.sequencer.NonceAt(interrupted, user.address, nil)
	if err != nil {
		return common.Hash{}, err
	}
	id := new(big.Int).SetUint64(c.id)
	tx, err := gethtypes.SignNewTx(user.key, gethtypes.LatestSignerForChainID(id), &gethtypes.DynamicFeeTx{
		ChainID: id, Nonce: nonce, GasTipCap: big.NewInt(1e6), GasFeeCap: big.NewInt(1e11), Gas: 21_000, To: &sink, Value: big.NewInt(1),
	})
	if err != nil {
		return common.Hash{}, err
	}
	raw, err := tx.MarshalBinary()
	if err != nil {
		return common.Hash{}, err
	}
	return tx.Hash(), c.submit(raw)
}

// compare compares blocks with what was told of them: all receipts but for the hash of the block, which was not made yet.
func (c *chain) compare(l *listener, first, last uint64, sent map[common.Hash]time.Time, heads []head) (early, late []time.Duration, receipts int, err error) {
	for number := first; number <= last; number++ {
		b := l.blocks[number]
		if b == nil {
			return nil, nil, 0, fmt.Errorf("nothing was told of block %d;", number)
		}
		var all []map[string]any
		if err := c.sequencer.Client.Client().CallContext(interrupted, &all, "eth_getBlockReceipts", hexutil.Uint64(number)); err != nil {
			return nil, nil, 0, err
		}
		if len(all) != len(b.txs) {
			return nil, nil, 0, fmt.Errorf("block %d has %d transactions, %d were told;", number, len(all), len(b.txs))
		}
		at := slices.IndexFunc(heads, func(h head) bool { return h.number == number })
		for i, final := range all {
			hash := b.txs[i]
			told := b.receipts[hash]
			if told == nil {
				return nil, nil, 0, fmt.Errorf("block %d: no receipt of %s was told;", number, hash)
			}
			for _, r := range []map[string]any{final, told} {
				delete(r, "blockHash")
				logs, _ := r["logs"].([]any)
				for _, log := range logs {
					delete(log.(map[string]any), "blockHash")
				}
			}
			if !reflect.DeepEqual(final, told) {
				return nil, nil, 0, fmt.Errorf("block %d: receipt %v, told was %v;", number, final, told)
			}
			receipts++
			if from, ours := sent[hash]; ours && at >= 0 {
				early, late = append(early, b.at[hash].Sub(from)), append(late, heads[at].at.Sub(from))
			}
		}
	}
	return early, late, receipts, nil
}
