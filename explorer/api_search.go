package explorer

import (
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
)

// maxQuery bounds a search in bytes.
const maxQuery = 200

// search answers GET search?q=.
func (x *Explorer) search(r *http.Request) (answer, error) {
	query := strings.TrimSpace(r.URL.Query().Get("q"))
	if query == "" || len(query) > maxQuery {
		return answer{}, bad("q", query, fmt.Sprintf("a number, hash, address or name of at most %d characters", maxQuery))
	}
	page := SearchPage{Query: query, Hits: []Hit{}}
	digits := strings.TrimPrefix(strings.ToLower(query), "0x")
	var err error
	switch {
	case len(digits) == 2*common.HashLength && isHex(digits):
		page.Hits, err = x.searchHash(common.HexToHash(digits))
	case len(digits) == 2*common.AddressLength && isHex(digits):
		page.Hits = x.searchAddress(common.HexToAddress(digits))
	default:
		page.Hits = x.searchText(query)
	}
	return answer{value: page}, err
}

func isHex(s string) bool {
	return strings.Trim(s, "0123456789abcdef") == ""
}

// searchHash finds a hash among transactions, bundles and blocks of all rollups.
func (x *Explorer) searchHash(hash common.Hash) ([]Hit, error) {
	hits := []Hit{}
	places, err := x.deps.Log.Places(hash)
	if err != nil {
		return nil, err
	}
	if len(places) > 0 {
		hits = append(hits, Hit{Type: HitTransaction, ID: hash.Hex(), Label: "transaction on " + x.name(places[0].Rollup)})
	}
	bundles, err := x.deps.Log.BundlePlaces(hash)
	if err != nil {
		return nil, err
	}
	if len(bundles) > 0 {
		hits = append(hits, Hit{Type: HitBundle, ID: hash.Hex(), Label: fmt.Sprintf("bundle of tick %d", bundles[0].Tick)})
	}
	if len(hits) == 0 && x.arrived(hash) > 0 {
		hits = append(hits, Hit{Type: HitTransaction, ID: hash.Hex(), Label: "transaction that waits"})
	}
	for _, r := range x.deps.Genesis.InForce().Rollups {
		if chain := x.deps.Chains[r.ID]; chain != nil {
			if block := chain.BlockByHash(hash); block != nil {
				hits = append(hits, Hit{Type: HitBlock, ID: hash.Hex(), Rollup: r.ID, Label: fmt.Sprintf("block %d of %s", block.NumberU64(), x.name(r.ID))})
			}
		}
	}
	return hits, nil
}

// searchAddress finds a validator by either address, and an account: every address is one.
func (x *Explorer) searchAddress(address common.Address) []Hit {
	hits := []Hit{}
	x.live.mu.Lock()
	validators, _ := x.live.voters.infos()
	x.live.mu.Unlock()
	for _, v := range validators {
		if v.Address == address || common.HexToAddress(v.ConsensusAddress) == address {
			hits = append(hits, Hit{Type: HitValidator, ID: v.Address.Hex(), Label: fmt.Sprintf("validator %d", v.Index)})
		}
	}
	return append(hits, Hit{Type: HitAddress, ID: address.Hex(), Label: "account on all rollups"})
}

// searchText finds rollups by id or part of their name, and ticks and blocks by number.
func (x *Explorer) searchText(query string) []Hit {
	hits := []Hit{}
	n, err := strconv.ParseUint(strings.TrimPrefix(query, "#"), 10, 64)
	for _, r := range x.deps.Genesis.InForce().Rollups {
		if r.ID.String() == query || err != nil && strings.Contains(strings.ToLower(r.Name), strings.ToLower(query)) {
			hits = append(hits, Hit{Type: HitRollup, ID: r.ID.String(), Label: x.name(r.ID)})
		}
	}
	if err != nil {
		return hits
	}
	if n >= x.deps.Log.Oldest() && n <= x.deps.Log.Head() && n > 0 {
		hits = append(hits, Hit{Type: HitTick, ID: strconv.FormatUint(n, 10), Label: fmt.Sprintf("tick %d", n)})
	}
	for _, r := range x.deps.Genesis.InForce().Rollups {
		if chain := x.deps.Chains[r.ID]; chain != nil && n <= chain.Newest().Number {
			hits = append(hits, Hit{Type: HitBlock, ID: strconv.FormatUint(n, 10), Rollup: r.ID, Label: fmt.Sprintf("block %d of %s", n, x.name(r.ID))})
		}
	}
	return hits
}

// name is how people call a rollup.
func (x *Explorer) name(id core.RollupID) string {
	if r, ok := x.deps.Genesis.Rollup(id); ok && r.Name != "" {
		return r.Name
	}
	return id.String()
}
