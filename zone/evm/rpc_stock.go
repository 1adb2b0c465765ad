package evm

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"sync/atomic"
	"unsafe"

	"github.com/ethereum/go-ethereum/common"
	gethtypes "github.com/ethereum/go-ethereum/core/types"
	"github.com/ethereum/go-ethereum/eth"
	"github.com/ethereum/go-ethereum/eth/downloader"
	"github.com/ethereum/go-ethereum/eth/ethconfig"
)

// go-ethereum's eth and txpool services live in an internal package and read everything through one unexported
// interface field. This file is the only place that reaches behind that: it puts our backend into the field, puts go-ethereum's
// own backend around a chain, gives a provisional block its provisional hash, and calls methods whose types cannot be named
// here. NewRPC fails with ErrGethChanged when a later version has another shape.

// newService is go-ethereum's service around a chain, with nothing of what that runs: no pools, no peers, no indexes, no
// goroutines. It has only what its APIs and those methods of its backend read that openBackend does not override.
func newService(c *Chain) (*eth.Ethereum, error) {
	config := ethconfig.Defaults
	config.TransactionHistory, config.LogNoHistory, config.NoPruning = 0, true, true // all are indexed; no index of logs; an archive
	syncer := downloader.New(c.ChainDb(), ethconfig.FullSync, c.BlockChain(), func(string) {}, func() {}, false)
	syncer.Terminate() // so that the API that asks it ends at once
	service, backend := new(eth.Ethereum), new(eth.EthAPIBackend)
	service.APIBackend = backend
	handler, err := newField(service, "handler")
	return service, errors.Join(err,
		setField(handler, "downloader", syncer),
		setField(service, "config", &config), setField(service, "blockchain", c.BlockChain()), setField(service, "chainDb", c.ChainDb()),
		setField(service, "engine", c.BlockChain().Engine()), setField(service, "accountManager", c.storage.stack.AccountManager()),
		setField(backend, "eth", service),
	)
}

// newField makes a zero value for an unexported field that is a pointer, and returns it.
func newField(target any, name string) (any, error) {
	field := reflect.ValueOf(target).Elem().FieldByName(name)
	if !field.IsValid() || field.Kind() != reflect.Pointer {
		return nil, fmt.Errorf("%w: %T has no pointer %s", ErrGethChanged, target, name)
	}
	made := reflect.New(field.Type().Elem())
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(made)
	return made.Interface(), nil
}

// setField sets an unexported field of what target points to.
func setField(target any, name string, value any) error {
	if target == nil {
		return fmt.Errorf("%w: there is no %s", ErrGethChanged, name)
	}
	field := reflect.ValueOf(target).Elem().FieldByName(name)
	if !field.IsValid() || !reflect.TypeOf(value).AssignableTo(field.Type()) {
		return fmt.Errorf("%w: %T has no field %s that takes a %T", ErrGethChanged, target, name, value)
	}
	reflect.NewAt(field.Type(), unsafe.Pointer(field.UnsafeAddr())).Elem().Set(reflect.ValueOf(value))
	return nil
}

// stockServices are go-ethereum's own implementations, reading through our backend.
type stockServices struct {
	ethereum, chain, transactions, txpool, accounts any
}

// newStockServices makes a private set of services and swaps their backend. The backend must implement go-ethereum's
// ethapi.Backend, which it does by embedding *eth.EthAPIBackend.
func newStockServices(service *eth.Ethereum, backend any) (*stockServices, error) {
	s := new(stockServices)
	slots := map[string]*any{
		"*ethapi.EthereumAPI":        &s.ethereum,
		"*ethapi.BlockChainAPI":      &s.chain,
		"*ethapi.TransactionAPI":     &s.transactions,
		"*ethapi.TxPoolAPI":          &s.txpool,
		"*ethapi.EthereumAccountAPI": &s.accounts,
	}
	for _, api := range service.APIs() {
		slot, wanted := slots[reflect.TypeOf(api.Service).String()]
		if !wanted {
			continue
		}
		*slot = api.Service
		if slot == &s.accounts {
			continue // reads the key store, which is empty
		}
		if err := swapBackend(api.Service, backend); err != nil {
			return nil, err
		}
	}
	for name, slot := range slots {
		if *slot == nil {
			return nil, fmt.Errorf("%w: no service %s", ErrGethChanged, name)
		}
	}
	return s, nil
}

// swapBackend sets the unexported field b of a service.
func swapBackend(service, backend any) error {
	field := reflect.ValueOf(service).Elem().FieldByName("b")
	if !field.IsValid() || field.Kind() != reflect.Interface {
		return fmt.Errorf("%w: %T has no interface field b", ErrGethChanged, service)
	}
	return setField(service, "b", backend)
}

// withBlockHash makes block.Hash() return hash instead of the header's hash. A block of the open view has no hash of its
// own yet, and everything that go-ethereum derives from it must name the same one as the receipts do.
func withBlockHash(block *gethtypes.Block, hash common.Hash) (*gethtypes.Block, error) {
	field := reflect.ValueOf(block).Elem().FieldByName("hash")
	if !field.IsValid() || field.Type() != reflect.TypeFor[atomic.Pointer[common.Hash]]() {
		return nil, fmt.Errorf("%w: no cached hash in %T", ErrGethChanged, block)
	}
	(*atomic.Pointer[common.Hash])(unsafe.Pointer(field.UnsafeAddr())).Store(&hash)
	return block, nil
}

// stockMethod is a method func(context.Context, …) (result, error) of a service.
type stockMethod struct {
	fn reflect.Value
}

func newStockMethod(service any, name string, args int) (stockMethod, error) {
	fn := reflect.ValueOf(service).MethodByName(name)
	if !fn.IsValid() || fn.Type().NumIn() != args+1 || fn.Type().NumOut() != 2 ||
		fn.Type().In(0) != reflect.TypeFor[context.Context]() || fn.Type().Out(1) != reflect.TypeFor[error]() {
		return stockMethod{}, fmt.Errorf("%w: %T.%s", ErrGethChanged, service, name)
	}
	return stockMethod{fn}, nil
}

// call calls the method. An argument that is a *json.RawMessage is decoded into the parameter's type, and stands for
// the zero value if it is nil; any other is passed on as it is.
func (m stockMethod) call(ctx context.Context, args ...any) (any, error) {
	in := make([]reflect.Value, 0, len(args)+1)
	in = append(in, reflect.ValueOf(ctx))
	for i, arg := range args {
		raw, encoded := arg.(*json.RawMessage)
		if !encoded {
			in = append(in, reflect.ValueOf(arg))
			continue
		}
		value := reflect.New(m.fn.Type().In(i + 1))
		if raw != nil {
			if err := json.Unmarshal(*raw, value.Interface()); err != nil {
				return nil, invalidParams("invalid argument %d: %v", i, err)
			}
		}
		in = append(in, value.Elem())
	}
	out := m.fn.Call(in)
	if err, failed := out[1].Interface().(error); failed {
		return nil, err
	}
	return out[0].Interface(), nil
}
