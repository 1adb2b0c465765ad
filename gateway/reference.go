package gateway

import (
	"reflect"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/core"
)

// method documents one method or subscription of the lockstep namespace.
type method struct {
	// Name is the method, or the subscription as in lockstep_subscribe("ticks"), whose name Subscription is.
	Name, Subscription string
	// Params are in order.
	Params []methodParam
	// Results are what it answers or sends: zero values of the structures, or a document.
	Results []any
	// Text says what it does.
	Text string
	// Errors are the reasons that are particular to the method.
	Errors []error
}

// methodParam documents a parameter. Of a subscription, the parameters are those behind its name.
type methodParam struct {
	Name string
	Type paramType
	Text string
}

// paramType is what a parameter may be.
type paramType struct {
	// Text is for people, Schema for programs; the schema of Bundle is that of core.Bundle.
	Text     string
	Schema   schema
	Optional bool
}

var (
	hashParam   = paramType{Text: "hash", Schema: schemaOf(reflect.TypeFor[common.Hash]())}
	numberParam = paramType{Text: "number", Schema: wholeNumber}
)

// optional is the parameter left out or given.
func (t paramType) optional() paramType {
	t.Text, t.Optional = t.Text+", optional", true
	return t
}

// numberOr is a number or one of some strings.
func numberOr(text string, words ...string) paramType {
	return paramType{Text: text, Schema: schema{"oneOf": []schema{wholeNumber, {"type": "string", "enum": words}}}}
}

// object is an object with these fields, all of them optional.
func object(fields schema) paramType {
	return paramType{Text: "object", Schema: schema{"type": "object", "properties": fields, "additionalProperties": false}}
}

// document is a result that another page describes.
type document struct{ Name, Text string }

// proofDocument is what the proof methods answer.
var proofDocument = document{"Proof", "A proof as docs/spec/proofs.md describes it."}

var (
	idParam     = methodParam{"id", hashParam, "a transaction hash or bundle id"}
	bundleParam = methodParam{"bundle", paramType{Text: "Bundle", Schema: schemaRef("Bundle")}, "the bundle; unknown fields are errors"}

	orderIDParam    = methodParam{"orderId", hashParam, "the order's id"}
	signedOrderType = paramType{Text: "`{order: OrderView, signature: bytes}`", Schema: schema{
		"type": "object", "required": []string{"order", "signature"}, "additionalProperties": false,
		"properties": schema{"order": schemaRef("OrderView"), "signature": schemaOf(reflect.TypeFor[hexutil.Bytes]())},
	}}

	replacementType  = paramType{Text: "Replacement", Schema: schemaRef("Replacement")}
	cancellationType = paramType{Text: "Cancellation", Schema: schemaRef("Cancellation")}
)

// skeletonSchema and skeletonText describe the parameter of lockstep_prepareBundle.
var skeletonSchema = schema{
	"type": "object", "required": []string{"notAfter", "legs"}, "additionalProperties": false,
	"properties": schema{
		"atomicity": schema{"type": "string", "enum": []string{"execution"}}, "notBefore": wholeNumber, "notAfter": wholeNumber,
		"legs": schema{"type": "array", "items": schema{"type": "object", "required": []string{"rollup", "from", "nonce", "gas"}}},
	},
}

const skeletonText = "`{atomicity?, notBefore?, notAfter, legs: [{rollup, type?, from, nonce, to?, value?, data?, gas, mayRevert?, " +
	"authorizationList?}]}`: `value` is a 0x quantity of wei, `data` 0x hex; `type` is 1, 2 (the default) or 4; `to` is left out for a " +
	"deployment; `gas` must pay for the access list too"

// methods is the table that the reference and the OpenRPC document are made from; a test holds it to the API.
var methods = []method{
	{
		Name:    "lockstep_sendBundle",
		Params:  []methodParam{bundleParam, {"replacement", replacementType.optional(), "makes the bundle replaceable; see lockstep_replaceBundle"}},
		Results: []any{BundleReceipt{}},
		Text: "Checks a bundle and puts it into this node's pool (level `accepted`). The answer does not wait for a tick, but " +
			"up to `gateway.acceptWait` (500 ms) until validators with more than a third of the power keep the bundle: `acceptedBy.safe`.",
		Errors: []error{ErrUnknownField, ErrMissingField, ErrBadValue, ErrPoolFull, ErrQuota},
	},
	{
		Name: "lockstep_prepareBundle", Params: []methodParam{{"bundle", paramType{Text: "object", Schema: skeletonSchema}, skeletonText}}, Results: []any{ParkingView{}},
		Text: "For wallets that can only broadcast: tells this node a bundle whose legs are not signed yet, and answers what each leg " +
			"must name in its access list. Each wallet then sends its leg with eth_sendRawTransaction of its rollup **to this node**, " +
			"where it is parked (level `accepted`, with what is `missing` in lockstep_getStatus) until the last one has come: then the " +
			"node puts the bundle together and sends it. Ask for the status of the commitment to learn the bundle's id. Parked legs are " +
			"known to this node only (`held`), never executed alone, and dropped after `mempool.parkTime` (10 minutes) or at `notAfter`. A bundle " +
			"sent with lockstep_sendBundle takes its legs out of the parking. Preparing the same again is no error.",
		Errors: []error{ErrUnknownField, ErrMissingField, ErrBadValue, core.ErrNoCommonZone, core.ErrWindowTooLong, ErrPoolFull, ErrQuota},
	},
	{
		Name: "lockstep_replaceBundle", Params: []methodParam{bundleParam, {"replacement", replacementType, "signed over this bundle's id"}}, Results: []any{BundleReceipt{}},
		Text: "Sends a bundle in place of the one that waits under the same signer and uuid with a lower nonce, in the pools of all " +
			"validators. The first of a line is sent in the same way. What was sent already, under the same nonce, is no error. The " +
			"bundle that it replaces is `dropped` with the reason `replaced`.",
		Errors: []error{ErrReplacementNonce, ErrAlreadyOrdered, core.ErrReplacementSignature, ErrAccountLimit},
	},
	{
		Name: "lockstep_cancelBundle", Params: []methodParam{{"cancellation", cancellationType, "signed with a nonce above that of the bundle"}}, Results: []any{CancelReceipt{}},
		Text: "Takes back what waits under the signer and uuid, in the pools of all validators, and blocks lower nonces. The bundle is " +
			"`dropped` with the reason `cancelled`.",
		Errors: []error{ErrReplacementNonce, ErrAlreadyOrdered, core.ErrReplacementSignature, ErrAccountLimit},
	},
	{
		Name: "lockstep_simulateBundle", Params: []methodParam{bundleParam}, Results: []any{SimulationView{}},
		Text: "Executes a bundle on the newest executed state and drops it. All legs must be on rollups of one zone that this node " +
			"executes. That a leg fails is a result, not an error.",
		Errors: []error{ErrBusy, ErrTimeout, ErrNotServed},
	},
	{
		Name: "lockstep_getStatus", Params: []methodParam{idParam}, Results: []any{Status{}},
		Text: "What became of a transaction or bundle: every place at which it was ordered, with outcome and receipt. Known for as " +
			"long as the log. An id that nobody has heard of has kind and level `unknown`; that is no error. Of what only waits, " +
			"`acceptedBy` says which validators keep it, so that it is not lost with this node.",
		Errors: []error{ErrBadValue},
	},
	{
		Name: "lockstep_waitFor", Params: []methodParam{
			idParam,
			{"level", paramType{Text: "string", Schema: schema{"type": "string", "enum": []string{"accepted", "ordered", "executed", "attested"}}}, "`accepted`, `ordered`, `executed` or `attested`"},
			{"timeoutMs", numberParam.optional(), "how long to wait; the default and the most is the node's `gateway.maxWait` (25 s)"},
		}, Results: []any{Status{}},
		Text: "Answers as lockstep_getStatus as soon as one attempt has reached the level, or with the state known when the time is " +
			"over: compare `level` with what was wanted. A void attempt reaches levels like any other.",
		Errors: []error{ErrBusy},
	},
	{
		Name: "lockstep_status", Results: []any{NetworkStatus{}},
		Text: "The network and how far it and this node are: validators, zones, rollups, lanes, pool.",
	},
	{
		Name: "lockstep_getTick", Params: []methodParam{{"number", numberOr("number or \"latest\"", "latest"), "the tick"}}, Results: []any{TickView{}},
		Text:   "What a tick ordered, for each lane in execution order, with the fate of each position as it is known now.",
		Errors: []error{ErrUnknownTick},
	},
	{
		Name: "lockstep_getCheckpoint", Params: []methodParam{{"slot", numberOr("number or tag", "latest", "safe", "finalized", "earliest"), "a slot (consensus time in seconds, divided by the slot's length), or `latest`, `safe`, `finalized` (all three: the newest complete checkpoint) or `earliest` (the oldest that this node keeps)"}}, Results: []any{CheckpointView{}},
		Text: "The checkpoint of a slot's first tick with the validators' signatures, more than 2/3 of the power. Recover each " +
			"signature over the digest (EIP-712) and compare with a set that you trust: that of the genesis, or one that a checkpoint " +
			"which you have verified names. Now and then a slot has no complete checkpoint; the next one stands for it.",
		Errors: []error{ErrUnknownCheckpoint, ErrBadValue},
	},
	{
		Name: "lockstep_getFinality", Params: []methodParam{
			{"rollup", numberParam, "a rollup whose operator tells its blocks: of kind opstack, or opaque with an operator"},
			{"block", paramType{Text: "number, hash or tag", Schema: schema{"oneOf": []schema{wholeNumber, hashParam.Schema, {"type": "string", "enum": []string{"latest"}}}}}, "a block of its chain, by number (the newest that was told of it) or hash; or `latest`"},
			{"depth", numberParam.optional(), "how many L1 blocks deep the L1 origin of a safe block is, 10 by default"},
		}, Results: []any{FinalityView{}},
		Text: "What may be concluded about a block of a chain that keeps its own sequencer: whether its operator has told it, that the order of " +
			"this cannot change (`proven`), how deep its L1 origin is (`safe`), or that the operator has told another chain since (`orphaned`, and " +
			"whether the L1 itself went back). The guide: docs/guides/opstack.md.",
		Errors: []error{core.ErrNoOperator, ErrNotOrdered, ErrBadValue},
	},
	{
		Name: "lockstep_submitControl", Params: []methodParam{{"control", paramType{Text: "bytes", Schema: schemaOf(reflect.TypeFor[hexutil.Bytes]())}, "the encoding of a control entry (docs/spec/formats.md); `lockstep propose`, `sign` and `submit` make one"}}, Results: []any{ControlReceipt{}},
		Text: "Brings a change of the network that validators with more than 2/3 of the power have signed. It is refused here with what is " +
			"wrong or missing; otherwise one of the next ticks orders it. lockstep_getControl tells when it has taken effect. Until it is ordered its " +
			"loss with this node cannot be excluded: submit the same again.",
		Errors: []error{core.ErrControl, core.ErrControlSignature, core.ErrControlQuorum, ErrAlreadyKnown, ErrNotServed},
	},
	{
		Name: "lockstep_getControl", Params: []methodParam{{"from", numberParam.optional(), "the sequence to begin with, 1 by default"}}, Results: []any{ControlView{}},
		Text:   "The changes of the network that were ordered, those that wait and those of the past, and the sequence that the next one must have.",
		Errors: []error{ErrNotServed},
	},
	{
		Name: "lockstep_getProof", Params: []methodParam{
			{"rollup", numberParam, "the rollup; left out with an id"},
			{"position", paramType{Text: "number or hash", Schema: schema{"oneOf": []schema{wholeNumber, hashParam.Schema}}}, "a lane position (seq) or a transaction hash of that rollup; or, as the first parameter, a bundle id or a transaction hash"},
			{"options", object(schema{"waitMs": wholeNumber, "orderOnly": schema{"type": "boolean"}}).optional(), "`waitMs` (number): wait as long as this for a checkpoint that covers it, at most `gateway.maxWait`; `orderOnly` (bool): leave the outcomes out, which needs one checkpoint less"},
		}, Results: []any{proofDocument},
		Text: "The proof of what was ordered and what became of it, in one object that ends in a signed checkpoint: see " +
			"[proofs.md](../spec/proofs.md). Of several places it is the one at which the entry took effect, or else the newest. Check it with " +
			"`lockstep verify`, against a genesis that does not come from the same node.",
		Errors: []error{ErrNotCovered, ErrNotOrdered, core.ErrUnknownRollup, ErrBadValue, ErrBusy, ErrNotServed},
	},
	{
		Name: "lockstep_getLaneProof", Params: []methodParam{
			{"rollup", numberParam, "the rollup"}, {"from", numberParam, "the first lane position"}, {"to", numberParam, "the one behind the last"},
			{"options", object(schema{"waitMs": wholeNumber}).optional(), "`waitMs` as in lockstep_getProof"},
		}, Results: []any{proofDocument},
		Text: "The lane's items with the proof that they are all there is, in order. The answer covers whole ticks, begins with the one that " +
			"holds `from`, and may end before `to`: at about a megabyte, or where the newest checkpoint ends. Go on behind what it covers.",
		Errors: []error{ErrNotCovered, ErrNotOrdered, core.ErrUnknownRollup, ErrBadValue, ErrBusy, ErrNotServed},
	},
	{
		Name: "lockstep_getGenesis", Results: []any{document{"Genesis", "The genesis file."}},
		Text: "The network's genesis file, for convenience: whoever checks this node's proofs against this answer trusts this node.",
	},
	{
		Name: "lockstep_submitIntent", Params: []methodParam{{"intent", signedOrderType, "the order and its user's signature"}}, Results: []any{common.Hash{}},
		Text: "Checks an order that its user has signed and takes it into this node's book, where solvers compete to fill it: see " +
			"[intents.md](../guides/intents.md). The answer is the order's id. The book is this node's alone (`held` is false), and empty after a restart. Submitting an " +
			"order again that is open is no error.",
		Errors: []error{ErrUnknownField, ErrMissingField, ErrBadValue, ErrIntentOrder, ErrIntentDeadline, ErrIntentSignature, ErrIntentNonce, ErrIntentFunds, ErrIntentState, ErrLimit, ErrBusy, ErrNotServed},
	},
	{
		Name: "lockstep_getIntent", Params: []methodParam{orderIDParam}, Results: []any{IntentView{}},
		Text:   "An order of this node's book. One that is over is remembered for a while.",
		Errors: []error{ErrUnknownIntent, ErrBadValue, ErrNotServed},
	},
	{
		Name: "lockstep_getIntents", Params: []methodParam{
			{"page", object(schema{"after": hashParam.Schema, "limit": wholeNumber}).optional(), "`limit` (number): at most so many; `after` (order id): those behind this one, which the node must still remember. All of them by default"},
		}, Results: []any{[]IntentView{}},
		Text:   "The orders of this node's book that are open or pending, zone by zone in order of arrival.",
		Errors: []error{ErrUnknownIntent, ErrUnknownField, ErrBadValue, ErrNotServed},
	},
	{
		Name: "lockstep_submitSolution", Params: []methodParam{orderIDParam, bundleParam}, Results: []any{SolutionReceipt{}},
		Text: "Offers a bundle that fills an order on its destination and takes the input on its origin. It is simulated at once, so that a " +
			"solver learns which leg fails and why, and kept secret until the window is over. Then the one with the most surplus for the user (of " +
			"equal ones the one that takes more input, then the one with the lower id) that still simulates is sent like any bundle. Until then this node alone " +
			"has it.",
		Errors: []error{ErrUnknownIntent, ErrIntentState, ErrSolutionFails, ErrSolution, ErrSolutionQuota, ErrOutbid, ErrLimit, ErrBusy, ErrTimeout, ErrNotServed},
	},
	{
		Name: "lockstep_cancelIntent", Params: []methodParam{{"cancellation", paramType{Text: "IntentCancellation", Schema: schemaRef("IntentCancellation")}, "signed by the order's user"}}, Results: []any{CancelIntentReceipt{}},
		Text: "Takes an order out of this node's book. **Whoever has seen the order and its signature can still settle it** until it is cancelled on chain " +
			"(`cancel` of the settler, or the nonce at Permit2) or expires.",
		Errors: []error{ErrUnknownIntent, ErrIntentState, ErrIntentSignature, ErrBadValue, ErrNotServed},
	},
	{
		Name: `lockstep_subscribe("ticks")`, Subscription: "ticks", Results: []any{TickMessage{}, ExecutedMessage{}, RebuiltMessage{}, ErrorMessage{}},
		Params: []methodParam{
			{"options", object(schema{"from": wholeNumber}).optional(), "`from` (number): begin with this tick, told from the log, without gap or repeat, and go on with what happens"},
		},
		Text: "WebSocket only. Sends what happens from now on. A transaction is `ordered` with the message of type `tick` that names its " +
			"hash under a lane, decided with the message of type `executed` that names it among its outcomes, and its result is " +
			"`attested` when `attested` of any later message names its zone with a tick that is not below that `executed` message's " +
			"(or already in it). Ticks that order nothing are counted in messages of type `empty`, sent before the next message of " +
			"type `tick`, when an attested result is news, and once a second of consensus time. A message of type `rebuilt` takes back " +
			"what this node claimed of results that were not attested. A subscriber that falls more than " +
			"`gateway.feedBacklog` messages behind gets a message of type `error` and nothing after it; `resumeFrom` in it is the `from` " +
			"with which to subscribe again. A `from` that is too old is refused with the oldest tick that this node keeps.",
		Errors: []error{ErrBusy, ErrSlowConsumer, ErrUnknownTick, ErrUnknownField, ErrBadValue},
	},
	{
		Name: `lockstep_subscribe("levels")`, Subscription: "levels", Results: []any{LevelMessage{}, ErrorMessage{}},
		Params: []methodParam{idParam},
		Text: "WebSocket only. Sends the level of a transaction or bundle, at once and then each time that it changes, one message for each " +
			"level. The last message has `final` set: the entry is `attested`, or `ordered` on a rollup that this node does not execute, " +
			"or was dropped from the pool. `executed` may be taken back, see `rebuilt` above; then the level falls.",
		Errors: []error{ErrBusy, ErrBadValue},
	},
	{
		Name: `lockstep_subscribe("intents")`, Subscription: "intents", Results: []any{IntentMessage{}, ErrorMessage{}},
		Text: "WebSocket only. Sends what happens to the orders of this node's book, beginning with `opened` for each that is open or pending. A " +
			"subscriber that falls more than `intents.feedBacklog` messages behind gets a message of type `error` and nothing after it.",
		Errors: []error{ErrBusy, ErrLimit, ErrSlowConsumer, ErrNotServed},
	},
}
