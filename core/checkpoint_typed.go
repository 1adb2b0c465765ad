package core

import (
	"strconv"

	"github.com/ethereum/go-ethereum/common"
)

// TypedData is what is signed as the JSON of EIP-712, as eth_signTypedData_v4, `cast wallet verify --data` and the
// libraries of wallets take it. Integers are decimal strings, because zone ids may be above 2^53.
type TypedData struct {
	Types       map[string][]TypedField `json:"types"`
	PrimaryType string                  `json:"primaryType"`
	Domain      TypedDomain             `json:"domain"`
	// Message is a TypedCheckpoint, TypedReplace or TypedCancel.
	Message any `json:"message"`
}

// TypedField is a field of a type.
type TypedField struct {
	Name string `json:"name"`
	Type string `json:"type"`
}

// TypedDomain is the domain of a network.
type TypedDomain struct {
	Name    string `json:"name"`
	Version string `json:"version"`
	// Salt is the networkId.
	Salt common.Hash `json:"salt"`
}

// TypedCheckpoint is what is signed.
type TypedCheckpoint struct {
	Tick         string        `json:"tick"`
	Time         string        `json:"time"`
	LedgerRoot   common.Hash   `json:"ledgerRoot"`
	Results      []TypedResult `json:"results"`
	ValidatorSet common.Hash   `json:"validatorSet"`
}

// TypedResult is a zone's attested result.
type TypedResult struct {
	Zone   string      `json:"zone"`
	Tick   string      `json:"tick"`
	Digest common.Hash `json:"digest"`
}

// TypedData is the checkpoint in that form.
func (c *Checkpoint) TypedData() TypedData {
	message := TypedCheckpoint{
		Tick: decimal(c.Tick), Time: decimal(c.Time), LedgerRoot: c.LedgerRoot, ValidatorSet: c.ValidatorSet,
		Results: make([]TypedResult, len(c.Results)),
	}
	for i, r := range c.Results {
		message.Results[i] = TypedResult{decimal(uint64(r.Zone)), decimal(r.Tick), r.Digest}
	}
	return TypedData{
		Types: map[string][]TypedField{
			"EIP712Domain": domainFields(),
			"Checkpoint": {
				{"tick", "uint64"}, {"time", "uint64"}, {"ledgerRoot", "bytes32"}, {"results", "Result[]"}, {"validatorSet", "bytes32"},
			},
			"Result": {{"zone", "uint64"}, {"tick", "uint64"}, {"digest", "bytes32"}},
		},
		PrimaryType: "Checkpoint",
		Domain:      TypedDomain{CheckpointDomainName, CheckpointDomainVersion, c.Network},
		Message:     message,
	}
}

// domainFields are the fields of CheckpointDomainType.
func domainFields() []TypedField {
	return []TypedField{{"name", "string"}, {"version", "string"}, {"salt", "bytes32"}}
}

func decimal(n uint64) string { return strconv.FormatUint(n, 10) }
