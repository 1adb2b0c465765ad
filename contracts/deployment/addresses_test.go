package deployment

import (
	"fmt"
	"testing"

	"github.com/lockstep-network/lockstep/core"
)

func TestOf_DependsOnTheSetOfRollupsAlone(t *testing.T) {
	want := Of([]core.RollupID{901, 902})
	if got := Of([]core.RollupID{902, 901, 902}); got != want {
		t.Errorf("in another order: %+v, want %+v", got, want)
	}
	other := Of([]core.RollupID{901, 903})
	if other.Outbox != want.Outbox || other.Swap != want.Swap || other.IntentSettler != want.IntentSettler {
		t.Errorf("what does not depend on the zone differs: %+v and %+v", other, want)
	}
	if other.Inbox == want.Inbox || other.TokenBridge == want.TokenBridge {
		t.Errorf("what depends on the zone does not differ: %+v", other)
	}
}

// Bytecode and salt are what users' addresses depend on: they move with a change of the contracts only, and on purpose.
func ExampleOf() {
	a := Of([]core.RollupID{901, 902})
	fmt.Println("Outbox       ", a.Outbox)
	fmt.Println("Inbox        ", a.Inbox)
	fmt.Println("TokenBridge  ", a.TokenBridge)
	fmt.Println("Swap         ", a.Swap)
	fmt.Println("IntentSettler", a.IntentSettler)
	// Output:
	// Outbox        0x0506B6e366D0298FeDAE9d71f86E2BEB9D1C7e9d
	// Inbox         0x1ba45eFe31Af582f9fDff8c1d5378716e205Cab2
	// TokenBridge   0xec102FF510f7E3fAA5E5D9C50DfAf4DE4C609F84
	// Swap          0x74955436A4F794Ae8bf5e4CC9A908D4D0F7C5044
	// IntentSettler 0xBCA5BdfCD9403Ab3631761FD143BdC5AdD98f6EA
}
