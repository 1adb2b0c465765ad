package opstack

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/rpc"
)

// network is a lockstep devnet: four validators in a process. The chains are registered in its genesis.
type network struct {
	*process
	dir string
	// rpc is the gateway's URL, operatorKey a file with the key that the genesis names as the chains' operator's.
	rpc, operatorKey string
}

var devnetInfo = regexp.MustCompile(`(?m)^(\{.*"rpc":.*\})$`)

// startNetwork starts the network with lanes for the chains. It is ready when awaitReady has returned.
func (s *stack) startNetwork(t *testing.T, lockstep string, chains ...uint64) error {
	n, ids := &network{dir: filepath.Join(s.dir, "network")}, strings.Trim(strings.Join(strings.Fields(fmt.Sprint(chains)), ","), "[]")
	var err error
	n.process, err = start(t, s.dir, "devnet", lockstep, "devnet", "--json", "--rpc", "127.0.0.1:0", "--dir", n.dir, "--opstack", ids)
	s.network = n
	return err
}

// awaitReady waits for the network's first word, and finds out who speaks for the chains.
func (n *network) awaitReady() error {
	text, err := n.says(devnetInfo)
	if err != nil {
		return err
	}
	var info struct {
		RPC      string `json:"rpc"`
		Accounts []struct {
			Address    common.Address `json:"address"`
			PrivateKey string         `json:"privateKey"`
		} `json:"accounts"`
	}
	if err := json.Unmarshal([]byte(text), &info); err != nil {
		return err
	}
	genesis, err := os.ReadFile(n.genesis())
	if err != nil {
		return err
	}
	var registered struct {
		Rollups []struct {
			Operator common.Address `json:"operator"`
		} `json:"rollups"`
	}
	if err := json.Unmarshal(genesis, &registered); err != nil {
		return err
	}
	n.rpc, n.operatorKey = info.RPC, filepath.Join(n.dir, "operator.key")
	for _, rollup := range registered.Rollups {
		for _, account := range info.Accounts {
			if rollup.Operator != (common.Address{}) && rollup.Operator == account.Address {
				return os.WriteFile(n.operatorKey, []byte(strings.TrimPrefix(account.PrivateKey, "0x")), 0o600)
			}
		}
	}
	return errors.New("the network's genesis names no operator whose key the devnet prints;")
}

func (n *network) genesis() string { return filepath.Join(n.dir, "genesis.json") }

// errNotOrdered is a gateway's answer about what is behind the end of the order.
var errNotOrdered = errors.New("not in the order")

// finality is what lockstep_getFinality tells of a block, given by number or hash.
func (n *network) finality(chainID uint64, block any) (view struct {
	Status   string      `json:"status"`
	Hash     common.Hash `json:"hash"`
	Orphaned *struct {
		Cause string `json:"cause"`
	} `json:"orphaned"`
}, err error) {
	client, err := rpc.DialContext(interrupted, n.rpc)
	if err != nil {
		return view, err
	}
	defer client.Close()
	return view, client.CallContext(interrupted, &view, "lockstep_getFinality", chainID, block)
}

// post asks a gateway's method in JSON.
func (n *network) post(method string, request, answer any) error {
	body, err := json.Marshal(request)
	if err != nil {
		return err
	}
	response, err := http.Post(n.rpc+"/v1/"+method, "application/json", bytes.NewReader(body))
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode == http.StatusNotFound {
		return errNotOrdered
	}
	if response.StatusCode != http.StatusOK {
		text, _ := io.ReadAll(io.LimitReader(response.Body, 1<<10))
		return fmt.Errorf("%s answers %s: %s", method, response.Status, text)
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
