package gateway_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/ethereum/go-ethereum/common"

	"github.com/lockstep-network/lockstep/core"
	"github.com/lockstep-network/lockstep/gateway"
	"github.com/lockstep-network/lockstep/gateway/gatewaytest"
)

const prepareBundle = "lockstep_prepareBundle"

const goodLeg = `{"rollup": 901, "from": "0x1111111111111111111111111111111111111111", "nonce": 3, "to": "0x2222222222222222222222222222222222222222", "value": "0x1", "data": "0x01", "gas": 60000}`

func TestPrepareBundle_AnswersWhatLegsMustName(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	v := call[gateway.ParkingView](t, c, prepareBundle, json.RawMessage(`{"notAfter": 5, "legs": [`+goodLeg+`]}`))
	if !v.Prepared || v.NotAfter != 5 || len(v.Legs) != 1 || len(v.Missing) != 1 || v.Missing[0] != 0 || v.Legs[0].Type != 2 || v.Legs[0].Nonce != 3 {
		t.Fatalf("got %+v", v)
	}
	if e := v.AccessList; len(e) != 1 || e[0].Address != h.Genesis.Predeploy.Address || len(e[0].StorageKeys) != 1 || e[0].StorageKeys[0] != v.Commitment {
		t.Errorf("access list %+v, commitment %s", v.AccessList, v.Commitment)
	}
	if s := call[gateway.Status](t, c, getStatus, v.Commitment); s.Kind != "commitment" || s.Parked == nil || s.Parked.Commitment != v.Commitment {
		t.Errorf("status is %+v", s)
	}
	// Every field that the commitment binds changes it.
	for _, change := range []string{`901→902`, `"nonce": 3→"nonce": 4`, `0x22→0x23`, `"0x1"→"0x2"`, `"0x01"→"0x02"`, `60000→60001`, `"gas"→"mayRevert": true, "gas"`, `"gas"→"type": 1, "gas"`} {
		from, to, _ := strings.Cut(change, "→")
		other := call[gateway.ParkingView](t, c, prepareBundle, json.RawMessage(`{"notAfter": 5, "legs": [`+strings.Replace(goodLeg, from, to, 1)+`]}`))
		if other.Commitment == v.Commitment {
			t.Errorf("%s leaves the commitment as it is", change)
		}
	}
}

func TestPrepareBundle_RefusesBadParameters(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	c := h.Dial(t, "http", "/")
	leg := func(from, to string) string {
		return `{"notAfter": 5, "legs": [` + strings.Replace(goodLeg, from, to, 1) + `]}`
	}
	for name, test := range map[string]struct{ param, want string }{
		"no object":          {`7`, "bundle"},
		"no notAfter":        {`{"legs": []}`, "notAfter"},
		"no legs":            {`{"notAfter": 5}`, "legs"},
		"inclusion":          {`{"notAfter": 5, "atomicity": "inclusion", "legs": []}`, "atomicity"},
		"unknown field":      {`{"notAfter": 5, "legs": [], "bid": 1}`, "bid"},
		"unknown leg field":  {leg(`"gas"`, `"fee": 1, "gas"`), "legs[0].fee"},
		"leg without gas":    {leg(`, "gas": 60000`, ``), "legs[0].gas"},
		"nonce as a string":  {leg(`"nonce": 3`, `"nonce": "3"`), "legs[0].nonce"},
		"value as a number":  {leg(`"0x1"`, `1`), "legs[0].value"},
		"null data":          {leg(`"0x01"`, `null`), "legs[0].data"},
		"legacy":             {leg(`"gas"`, `"type": 0, "gas"`), "legs[0].type"},
		"list in type 2":     {leg(`"gas"`, `"authorizationList": [], "gas"`), "legs[0].authorizationList"},
		"type 4 without to":  {strings.Replace(leg(`"gas"`, `"type": 4, "gas"`), `"to": "0x2222222222222222222222222222222222222222", `, ``, 1), "legs[0].to"},
		"negative value":     {leg(`"0x1"`, `"-0x1"`), "legs[0].value"},
		"legs that are none": {`{"notAfter": 5, "legs": {}}`, "legs"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.CallContext(t.Context(), new(gateway.ParkingView), prepareBundle, json.RawMessage(test.param))
			if err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("got %v, want an error that names %s", err, test.want)
			}
		})
	}
}

func TestGetStatus_SaysWhatAParkedLegWaitsFor(t *testing.T) {
	t.Parallel()
	h := gatewaytest.New(t, gatewaytest.Options{})
	id, commitment := common.Hash{1}, common.Hash{2}
	h.Pool.Set(id, gateway.PoolEntry{Waiting: true, Parked: true, Parking: &gateway.Parking{
		Commitment: commitment, Legs: []common.Hash{id, {}}, Until: time.UnixMilli(77),
		Skeleton: &core.Skeleton{Atomicity: core.AtomicExecution, NotAfter: 9, Legs: make([]core.CommittedLeg, 2)},
	}})
	s := call[gateway.Status](t, h.Dial(t, "http", "/"), getStatus, id)
	if s.Kind != "transaction" || s.Level != core.LevelAccepted || s.Parked == nil || s.Parked.Until != 77 || len(s.Parked.Missing) != 1 || s.Parked.Missing[0] != 1 || *s.Parked.Legs[0].TxHash != id {
		t.Errorf("got %+v, parked %+v", s, s.Parked)
	}
}
