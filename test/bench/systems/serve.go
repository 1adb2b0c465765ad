package systems

import (
	"context"
	"fmt"

	"github.com/lockstep-network/lockstep/test/bench/harness"
)

// ServeFlag as the program's first argument makes it a process of members; the second one is their kind.
const ServeFlag = "serve"

// Serve runs a process of members until the parent asks it to end.
func Serve(ctx context.Context, kind string) error {
	serve, ok := map[string]func(context.Context, *harness.Parent) error{
		lockstepKind: serveLockstep, kvstoreKind: serveKVStore, gethKind: serveGeth,
	}[kind]
	if !ok {
		return fmt.Errorf("%q is no kind of members", kind)
	}
	return serve(ctx, harness.NewParent())
}
