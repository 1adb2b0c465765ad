package evm

import (
	"context"
	"testing"
	"testing/synctest"

	"github.com/stretchr/testify/require"
)

func TestWork_RefusesMoreThanOneConnectionMayHave(t *testing.T) {
	t.Parallel()
	w := NewWork()
	w.slots = make(chan struct{}, 2*maxCallsPerConnection)
	ctx := context.Background()
	var ends []func()
	for range maxCallsPerConnection {
		end, err := w.begin(ctx)
		require.NoError(t, err)
		ends = append(ends, end)
	}
	_, err := w.begin(ctx)
	require.ErrorIs(t, err, errTooManyCalls)
	for _, end := range ends {
		end()
	}
	require.Empty(t, w.byConnection)
	require.Empty(t, w.slots)
}

func TestWork_WaitsForItsTurnAndNoLonger(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		w := NewWork()
		var ends []func()
		for range cap(w.slots) {
			end, err := w.begin(t.Context())
			require.NoError(t, err)
			ends = append(ends, end)
		}
		_, err := w.begin(t.Context())
		require.ErrorIs(t, err, errBusy, "after workWait")
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		_, err = w.begin(cancelled)
		require.ErrorIs(t, err, context.Canceled)
		turn := make(chan error)
		go func() {
			_, err := w.begin(t.Context())
			turn <- err
		}()
		synctest.Wait()
		ends[0]()
		require.NoError(t, <-turn)
	})
}
