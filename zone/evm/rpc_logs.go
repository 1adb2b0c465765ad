package evm

import (
	"context"
	"errors"
	"math/big"
	"slices"
	"sync"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/core/history"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth/filters"
	"github.com/ethereum/go-ethereum/rpc"
)

// Limits of log queries and filters.
const (
	// maxLogs is the most logs that one query returns.
	maxLogs = 20_000
	// maxFilters is how many installed filters there may be; each collects events until its client polls or is gone
	// for filterTimeout. One more removes the oldest.
	maxFilters = 256
	// maxTopics is how many topics a log can have.
	maxTopics = 4
	// A sealed range is read in steps of minLogStep to maxLogStep blocks, longer as long as little is found.
	minLogStep, maxLogStep = 64, 4096
	sparseLogs             = 1000
)

// logMethods are go-ethereum's filters, with queries that reach into the open block and have limits.
type logMethods struct {
	b      *openBackend
	system *filters.FilterSystem
	// filters follows the chain and the mempool from the first filter on that a client installs.
	filters func() *filters.FilterAPI

	mu        sync.Mutex
	installed []rpc.ID
}

func newLogMethods(b *openBackend, system *filters.FilterSystem) *logMethods {
	return &logMethods{b: b, system: system, filters: sync.OnceValue(func() *filters.FilterAPI { return filters.NewFilterAPI(system) })}
}

// NewFilter installs a filter for logs of sealed blocks.
func (m *logMethods) NewFilter(crit filters.FilterCriteria) (rpc.ID, error) {
	id, err := m.filters().NewFilter(crit)
	if err != nil {
		return "", err
	}
	return m.install(id), nil
}

// NewBlockFilter installs a filter for sealed blocks.
func (m *logMethods) NewBlockFilter() rpc.ID { return m.install(m.filters().NewBlockFilter()) }

// NewPendingTransactionFilter installs a filter for transactions that become executable in the mempool.
func (m *logMethods) NewPendingTransactionFilter(fullTx *bool) rpc.ID {
	return m.install(m.filters().NewPendingTransactionFilter(fullTx))
}

func (m *logMethods) install(id rpc.ID) rpc.ID {
	m.mu.Lock()
	m.installed = append(m.installed, id)
	var oldest rpc.ID
	if len(m.installed) > maxFilters {
		oldest, m.installed = m.installed[0], m.installed[1:]
	}
	m.mu.Unlock()
	if oldest != "" {
		m.UninstallFilter(oldest) // false when its client was faster
	}
	return id
}

// uninstallAll ends the filters' goroutines, which would wait for the next poll for ever.
func (m *logMethods) uninstallAll() {
	m.mu.Lock()
	installed := m.installed
	m.installed = nil
	m.mu.Unlock()
	for _, id := range installed {
		m.UninstallFilter(id)
	}
}

// UninstallFilter removes a filter; false if there is none.
func (m *logMethods) UninstallFilter(id rpc.ID) bool { return m.filters().UninstallFilter(id) }

// GetFilterChanges is what a filter has collected since it was asked last.
func (m *logMethods) GetFilterChanges(id rpc.ID) (any, error) {
	return m.filters().GetFilterChanges(id)
}

// GetFilterLogs is go-ethereum's with a time limit.
func (m *logMethods) GetFilterLogs(ctx context.Context, id rpc.ID) ([]*gethtypes.Log, error) {
	end, err := m.b.deps.Work.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	ctx, cancel := context.WithTimeout(ctx, logQueryTimeout)
	defer cancel()
	logs, err := m.filters().GetFilterLogs(ctx, id)
	return logs, logTimeout(ctx, err)
}

// logTimeout names the way out to a client whose query took too long.
func logTimeout(ctx context.Context, err error) error {
	if err != nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return errLogTimeout
	}
	return err
}

// GetLogs finds logs of sealed blocks and, where the range ends at pending or the block is the open one, of the open
// block. A range is read against one view, so a block that is sealed meanwhile is neither missed nor doubled.
func (m *logMethods) GetLogs(ctx context.Context, crit filters.FilterCriteria) ([]*gethtypes.Log, error) {
	if err := checkPositions(crit); err != nil {
		return nil, err
	}
	end, err := m.b.deps.Work.begin(ctx)
	if err != nil {
		return nil, err
	}
	defer end()
	ctx, cancel := context.WithTimeout(ctx, logQueryTimeout)
	defer cancel()
	v := m.b.chain.View()
	if crit.BlockHash != nil {
		return m.blockLogs(ctx, v, crit)
	}
	first, last, open, err := m.resolveRange(ctx, v, crit)
	if err != nil {
		return nil, err
	}
	logs, err := m.sealedLogs(ctx, crit, first, last)
	if err != nil || !open {
		return logs, err
	}
	return appendOpenLogs(logs, v, crit)
}

// checkPositions refuses more alternatives than are looked for at a time, and topics that no log has.
func checkPositions(crit filters.FilterCriteria) error {
	if len(crit.Topics) > maxTopics {
		return errTooManyTopics
	}
	for _, topics := range crit.Topics {
		if len(topics) > logPositions {
			return errTooManyPositions
		}
	}
	if len(crit.Addresses) > logPositions {
		return errTooManyPositions
	}
	return nil
}

func (m *logMethods) blockLogs(ctx context.Context, v *View, crit filters.FilterCriteria) ([]*gethtypes.Log, error) {
	if crit.FromBlock != nil || crit.ToBlock != nil {
		return nil, errHashAndRange
	}
	if v.isOpen(*crit.BlockHash) {
		return appendOpenLogs([]*gethtypes.Log{}, v, crit)
	}
	logs, err := m.system.NewBlockFilter(m.b.sealedHash(*crit.BlockHash), crit.Addresses, crit.Topics).Logs(ctx)
	if logs == nil {
		logs = []*gethtypes.Log{} // not null
	}
	return logs, err
}

// resolveRange turns the ends of a range into numbers of sealed blocks, and tells whether the open block belongs to it.
// The range of sealed blocks is empty when first > last.
func (m *logMethods) resolveRange(ctx context.Context, v *View, crit filters.FilterCriteria) (first, last uint64, open bool, err error) {
	head := v.Sealed.Number.Uint64()
	from, err := m.resolveEnd(ctx, v, crit.FromBlock)
	if err != nil {
		return 0, 0, false, err
	}
	to, err := m.resolveEnd(ctx, v, crit.ToBlock)
	if err != nil {
		return 0, 0, false, err
	}
	open = v.Header != nil && isTag(crit.ToBlock, rpc.PendingBlockNumber)
	switch {
	case from == head+1 && to == head && !isNumber(crit.ToBlock):
		return from, to, open, nil // from the block of a receipt that is not sealed yet, up to latest: nothing so far
	case from > to:
		return 0, 0, false, errInvalidRange
	case to > head && !open:
		return 0, 0, false, errRangeInFuture
	}
	return from, min(to, head), open, nil
}

func (m *logMethods) resolveEnd(ctx context.Context, v *View, end *big.Int) (uint64, error) {
	switch {
	case end == nil || isTag(end, rpc.LatestBlockNumber):
		return v.Sealed.Number.Uint64(), nil
	case isTag(end, rpc.PendingBlockNumber):
		return v.Number(), nil
	case end.Sign() >= 0:
		return end.Uint64(), nil
	}
	header, err := m.b.sealedBackend.HeaderByNumber(ctx, rpc.BlockNumber(end.Int64()))
	if err != nil {
		return 0, err
	}
	if header == nil {
		return 0, errHeaderNotFound
	}
	return header.Number.Uint64(), nil
}

func isTag(end *big.Int, tag rpc.BlockNumber) bool { return end != nil && end.Int64() == tag.Int64() }

func isNumber(end *big.Int) bool { return end != nil && end.Sign() >= 0 }

// sealedLogs reads a range of sealed blocks step by step, so that neither a long range nor a frequent event can take
// all memory.
func (m *logMethods) sealedLogs(ctx context.Context, crit filters.FilterCriteria, first, last uint64) ([]*gethtypes.Log, error) {
	logs := []*gethtypes.Log{}
	if first <= last && first < m.b.HistoryPruningCutoff() {
		return nil, &history.PrunedHistoryError{}
	}
	for step := uint64(minLogStep); first <= last; {
		end := min(last, first+step-1)
		found, err := m.system.NewRangeFilter(int64(first), int64(end), crit.Addresses, crit.Topics, 0).Logs(ctx)
		if err != nil {
			return nil, logTimeout(ctx, err)
		}
		if logs = append(logs, found...); len(logs) > maxLogs {
			return nil, errTooManyLogs
		}
		if first = end + 1; len(found) < sparseLogs {
			step = min(2*step, maxLogStep)
		} else {
			step = minLogStep
		}
	}
	return logs, nil
}

// appendOpenLogs adds the open block's matching logs.
func appendOpenLogs(logs []*gethtypes.Log, v *View, crit filters.FilterCriteria) ([]*gethtypes.Log, error) {
	for _, receipt := range v.Receipts() {
		for _, log := range receipt.Logs {
			if !matches(log, crit.Addresses, crit.Topics) {
				continue
			}
			if logs = append(logs, log); len(logs) > maxLogs {
				return nil, errTooManyLogs
			}
		}
	}
	return logs, nil
}

// matches has the meaning of eth_getLogs: an empty set matches everything, and positions are ANDed.
func matches(log *gethtypes.Log, addresses []common.Address, topics [][]common.Hash) bool {
	if len(addresses) > 0 && !slices.Contains(addresses, log.Address) {
		return false
	}
	if len(topics) > len(log.Topics) {
		return false
	}
	for i, alternatives := range topics {
		if len(alternatives) > 0 && !slices.Contains(alternatives, log.Topics[i]) {
			return false
		}
	}
	return true
}
