package differential

import (
	"context"
	"reflect"
	"slices"
	"unicode"

	"github.com/ethereum/go-ethereum/rpc"
)

// methods are the names of all methods that the stock node registers in our namespaces, and subjects those of eth_subscribe.
func (s *stock) methods() (methods, subjects []string) {
	for _, api := range append(slices.Clone(s.apis), s.builtin()...) {
		if !slices.Contains(namespaces, api.Namespace) {
			continue
		}
		for method := range reflect.TypeOf(api.Service).Methods() {
			first := []rune(method.Name)
			name := string(append([]rune{unicode.ToLower(first[0])}, first[1:]...))
			switch {
			case subscribes(method.Type):
				subjects = append(subjects, name)
			case callable(method.Type):
				methods = append(methods, api.Namespace+"_"+name)
			}
		}
	}
	slices.Sort(methods)
	slices.Sort(subjects)
	return slices.Compact(methods), slices.Compact(subjects)
}

// builtin are the services of the node itself (web3), which it does not show.
func (s *stock) builtin() (apis []rpc.API) {
	registered := reflect.ValueOf(s.node).Elem().FieldByName("rpcAPIs")
	for i := range registered.Len() {
		api := registered.Index(i)
		// A value of an unexported field tells its type, and no more is needed.
		apis = append(apis, rpc.API{
			Namespace: api.FieldByName("Namespace").String(),
			Service:   reflect.Zero(api.FieldByName("Service").Elem().Type()).Interface(),
		})
	}
	return apis
}

// callable is go-ethereum's rule of what a method is: at most a result and an error.
func callable(method reflect.Type) bool {
	isError := func(i int) bool { return method.Out(i) == reflect.TypeFor[error]() }
	switch method.NumOut() {
	case 0, 1:
		return true
	case 2:
		return !isError(0) && isError(1)
	}
	return false
}

// subscribes is go-ethereum's rule of what a subject is: func(context.Context, …) (*rpc.Subscription, error).
func subscribes(method reflect.Type) bool {
	return method.NumIn() > 1 && method.In(1) == reflect.TypeFor[context.Context]() &&
		method.NumOut() == 2 && method.Out(0) == reflect.TypeFor[*rpc.Subscription]()
}
