package gateway

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"

	"github.com/lockstep-network/lockstep/gen/bindings/intentsettler"
)

var orderFields = []string{"originSettler", "user", "nonce", "originChainId", "openDeadline", "fillDeadline", "orderDataType", "orderData"}

// readSignedOrder reads the parameter of lockstep_submitIntent.
func readSignedOrder(raw json.RawMessage) (*intentsettler.GaslessCrossChainOrder, []byte, error) {
	fields, err := readObject("intent", raw, "order", "signature")
	if err == nil {
		err = require(fields, "", "order", "signature")
	}
	if err != nil {
		return nil, nil, err
	}
	order, err := readOrder(fields["order"])
	if err != nil {
		return nil, nil, err
	}
	signature, err := readBytes("signature", fields["signature"])
	return order, signature, err
}

// readOrder reads an order strictly: all fields are there and no others.
func readOrder(raw json.RawMessage) (*intentsettler.GaslessCrossChainOrder, error) {
	fields, err := readObject("order", raw, orderFields...)
	if err == nil {
		err = require(fields, "order", orderFields...)
	}
	if err != nil {
		return nil, err
	}
	o := new(intentsettler.GaslessCrossChainOrder)
	for _, address := range []struct {
		name string
		to   *common.Address
	}{{"originSettler", &o.OriginSettler}, {"user", &o.User}} {
		if err := json.Unmarshal(fields[address.name], address.to); err != nil || string(fields[address.name]) == "null" {
			return nil, badValue("order."+address.name, fields[address.name], "an address: 20 bytes as a 0x hex string")
		}
	}
	var opens, fills *big.Int
	for _, quantity := range []struct {
		name string
		to   **big.Int
		bits int
	}{{"nonce", &o.Nonce, 256}, {"originChainId", &o.OriginChainId, 256}, {"openDeadline", &opens, 32}, {"fillDeadline", &fills, 32}} {
		if *quantity.to, err = readBig("order."+quantity.name, fields[quantity.name], quantity.bits); err != nil {
			return nil, err
		}
	}
	o.OpenDeadline, o.FillDeadline = uint32(opens.Uint64()), uint32(fills.Uint64())
	if o.OrderDataType, err = readHash("order.orderDataType", fields["orderDataType"]); err != nil {
		return nil, err
	}
	o.OrderData, err = readBytes("order.orderData", fields["orderData"])
	return o, err
}

// readIntentPage reads the parameter of lockstep_getIntents. Without it, or without a limit, the page is all of the book.
func readIntentPage(page *Param) (after common.Hash, limit int, err error) {
	limit = math.MaxInt32 // a book has a limit of its own
	if !page.given() {
		return after, limit, nil
	}
	fields, err := readObject("page", page.raw, "after", "limit")
	if err != nil {
		return after, 0, err
	}
	if raw, ok := fields["after"]; ok {
		if after, err = readHash("page.after", raw); err != nil {
			return after, 0, err
		}
	}
	if raw, ok := fields["limit"]; ok {
		n, err := readNumber("page.limit", raw, "how many orders at most")
		if err == nil && (n == 0 || n > math.MaxInt32) {
			err = badValue("page.limit", raw, "how many orders at most, 1 or more")
		}
		if err != nil {
			return after, 0, err
		}
		limit = int(n)
	}
	return after, limit, nil
}

// readIntentCancellation reads the parameter of lockstep_cancelIntent.
func readIntentCancellation(raw json.RawMessage) (id common.Hash, signature []byte, err error) {
	fields, err := readObject("cancellation", raw, "orderId", "signature")
	if err == nil {
		err = require(fields, "cancellation", "orderId", "signature")
	}
	if err != nil {
		return id, nil, err
	}
	if id, err = readHash("cancellation.orderId", fields["orderId"]); err != nil {
		return id, nil, err
	}
	signature, err = readBytes("cancellation.signature", fields["signature"])
	return id, signature, err
}

// readBig reads a whole number of at most so many bits: 0x hex in a string, or a JSON number.
func readBig(field string, raw json.RawMessage, bits int) (*big.Int, error) {
	const longest = 80 // digits of 2^256 and quotes fit
	digits, base := string(raw), 10
	if quoted, ok := strings.CutPrefix(digits, `"0x`); ok {
		digits, base = strings.TrimSuffix(quoted, `"`), 16
	}
	if len(raw) <= longest && isDigits(digits, base) {
		if n, ok := new(big.Int).SetString(digits, base); ok && n.BitLen() <= bits {
			return n, nil
		}
	}
	return nil, badValue(field, raw, fmt.Sprintf("a whole number of at most %d bits, as a 0x hex string or a JSON number", bits))
}

// isDigits tells whether a text has digits of the base only: no sign, no underscore, no exponent.
func isDigits(text string, base int) bool {
	allowed := "0123456789"
	if base == 16 {
		allowed += "abcdefABCDEF"
	}
	return text != "" && strings.Trim(text, allowed) == ""
}

func readBytes(field string, raw json.RawMessage) ([]byte, error) {
	var b hexutil.Bytes
	if err := json.Unmarshal(raw, &b); err != nil || string(raw) == "null" {
		return nil, badValue(field, raw, "bytes as a 0x hex string")
	}
	return b, nil
}
