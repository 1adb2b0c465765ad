package gateway

import (
	_ "embed" // the examples
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	gethtypes "github.com/ethereum/go-ethereum/core/types"

	"github.com/lockstep-network/lockstep/core"
)

// discoverMethod is the name that OpenRPC gives to the method that answers with the document. go-ethereum's server wants an
// underscore in a method's name, so the gateway renames it on its way in, see renameDiscover.
const discoverMethod, servedDiscoverMethod = "rpc.discover", "rpc_discover"

// openrpcVersion is the version of the OpenRPC specification, https://spec.open-rpc.org.
const openrpcVersion = "1.3.2"

// apiVersion is that of the methods: it moves when a client has to change.
const apiVersion = "1"

// discovery is the part of the namespace rpc that is the gateway's.
type discovery struct{}

// Discover is rpc.discover.
func (discovery) Discover() OpenRPC { return newOpenRPC() }

// OpenRPC is the document that describes the network's methods to programs.
type OpenRPC struct {
	OpenRPC    string            `json:"openrpc"`
	Info       openrpcInfo       `json:"info"`
	Methods    []openrpcMethod   `json:"methods"`
	Components openrpcComponents `json:"components"`
}

type openrpcInfo struct {
	Title       string            `json:"title"`
	Version     string            `json:"version"`
	Description string            `json:"description"`
	License     map[string]string `json:"license"`
}

type openrpcMethod struct {
	Name           string              `json:"name"`
	Summary        string              `json:"summary"`
	Description    string              `json:"description"`
	ParamStructure string              `json:"paramStructure"`
	Params         []contentDescriptor `json:"params"`
	Result         contentDescriptor   `json:"result"`
	Errors         []reference         `json:"errors,omitempty"`
	Examples       []openrpcExample    `json:"examples,omitempty"`
	// Notifications are the messages of each subscription, an extension of the specification.
	Notifications map[string]schema `json:"x-notifications,omitempty"`
}

type contentDescriptor struct {
	Name        string `json:"name"`
	Description string `json:"description,omitempty"`
	Required    bool   `json:"required,omitempty"`
	Schema      schema `json:"schema"`
}

type openrpcComponents struct {
	Schemas map[string]schema       `json:"schemas"`
	Errors  map[string]openrpcError `json:"errors"`
}

type openrpcError struct {
	Code    int               `json:"code"`
	Message string            `json:"message"`
	Data    map[string]string `json:"data"`
}

type openrpcExample struct {
	Name   string         `json:"name"`
	Params []exampleValue `json:"params"`
	Result exampleValue   `json:"result"`
}

type exampleValue struct {
	Name  string          `json:"name"`
	Value json.RawMessage `json:"value"`
}

type reference struct {
	Ref string `json:"$ref"`
}

// schema is a JSON schema.
type schema map[string]any

var wholeNumber = schema{"type": "integer", "minimum": 0}

func schemaRef(name string) schema { return schema{"$ref": "#/components/schemas/" + name} }

// exampleCall is one call of a method with the answer that a test got.
type exampleCall struct {
	Name   string            `json:"name"`
	Method string            `json:"method"`
	Params []json.RawMessage `json:"params"`
	Result json.RawMessage   `json:"result"`
}

// exampleCalls were made by a test, which makes them again and compares.
//
//go:embed examples.json
var exampleCalls []byte

// newOpenRPC makes the document from the table of methods.
func newOpenRPC() OpenRPC {
	d := OpenRPC{
		OpenRPC: openrpcVersion,
		Info: openrpcInfo{
			Title: "Lockstep gateway", Version: apiVersion, License: map[string]string{"name": "Apache-2.0"},
			Description: "The network's methods, served at / over HTTP POST and WebSocket. The Ethereum JSON-RPC of a rollup is at /rollup/{id}.",
		},
		Components: openrpcComponents{Schemas: make(map[string]schema), Errors: make(map[string]openrpcError)},
	}
	for _, t := range []reflect.Type{reflect.TypeFor[core.Bundle](), reflect.TypeFor[core.Replacement](), reflect.TypeFor[core.Cancellation](), reflect.TypeFor[OrderView](), reflect.TypeFor[IntentCancellation]()} {
		d.Components.addSchemas(t)
	}
	for _, m := range methods {
		for _, result := range m.Results {
			d.Components.addResult(result)
		}
		if m.Subscription == "" {
			d.Methods = append(d.Methods, newOpenRPCMethod(m))
		}
	}
	d.Methods = append(d.Methods, subscribeMethod(), unsubscribeMethod)
	for _, row := range errorTable {
		d.Components.Errors[row.reason] = openrpcError{row.code, row.text, map[string]string{"reason": row.reason}}
	}
	d.Components.Errors["internal"] = openrpcError{codeInternal, "internal error", map[string]string{"reason": "internal"}}
	d.addExamples()
	return d
}

func newOpenRPCMethod(m method) openrpcMethod {
	out := openrpcMethod{
		Name: m.Name, Summary: firstSentence(m.Text), Description: m.Text, ParamStructure: "by-position",
		Params: []contentDescriptor{}, Errors: errorReferences(m.Errors),
		Result: contentDescriptor{Name: resultName(m.Results[0]), Schema: resultSchema(m.Results[0])},
	}
	for _, p := range m.Params {
		out.Params = append(out.Params, contentDescriptor{p.Name, p.Text, !p.Type.Optional, p.Type.Schema})
	}
	return out
}

// subscribeMethod is lockstep_subscribe with all subscriptions of the table.
func subscribeMethod() openrpcMethod {
	var names []string
	var arguments []schema
	out := openrpcMethod{
		Name: "lockstep_subscribe", Summary: "Starts a subscription.", ParamStructure: "by-position",
		Description: "WebSocket only. The messages come as notifications lockstep_subscription; x-notifications has their schemas.",
		Result:      contentDescriptor{Name: "subscription", Schema: schema{"type": "string", "description": "the subscription's id"}}, Notifications: make(map[string]schema),
	}
	for _, m := range methods {
		if m.Subscription == "" {
			continue
		}
		names = append(names, m.Subscription)
		out.Description += "\n\n" + m.Subscription + ": " + m.Text
		var messages []schema
		for _, r := range m.Results {
			messages = append(messages, resultSchema(r))
		}
		out.Notifications[m.Subscription] = schema{"oneOf": messages}
		for _, p := range m.Params {
			arguments = append(arguments, schema{"title": p.Name, "description": p.Text, "allOf": []schema{p.Type.Schema}})
		}
		for _, e := range errorReferences(m.Errors) {
			if !slices.Contains(out.Errors, e) {
				out.Errors = append(out.Errors, e)
			}
		}
	}
	out.Params = []contentDescriptor{{"name", "the subscription", true, schema{"type": "string", "enum": names}}}
	if len(arguments) > 0 {
		out.Params = append(out.Params, contentDescriptor{"argument", "what the subscription takes, if anything", false, schema{"anyOf": arguments}})
	}
	return out
}

var unsubscribeMethod = openrpcMethod{
	Name: "lockstep_unsubscribe", Summary: "Ends a subscription.", Description: "WebSocket only.", ParamStructure: "by-position",
	Params: []contentDescriptor{{"subscription", "the subscription's id", true, schema{"type": "string"}}},
	Result: contentDescriptor{Name: "ended", Schema: schema{"type": "boolean"}},
}

// addExamples adds the examples to their methods.
func (d *OpenRPC) addExamples() {
	var calls []exampleCall
	if err := json.Unmarshal(exampleCalls, &calls); err != nil {
		panic(fmt.Sprintf("gateway: examples.json: %v", err)) // part of the build
	}
	for _, call := range calls {
		i := slices.IndexFunc(d.Methods, func(m openrpcMethod) bool { return m.Name == call.Method })
		if i < 0 {
			panic("gateway: examples.json: no method " + call.Method)
		}
		m := &d.Methods[i]
		example := openrpcExample{Name: call.Name, Params: []exampleValue{}, Result: exampleValue{m.Result.Name, call.Result}}
		for n, value := range call.Params {
			example.Params = append(example.Params, exampleValue{m.Params[n].Name, value})
		}
		m.Examples = append(m.Examples, example)
	}
}

// firstSentence is the text up to its first full stop that ends a sentence, or colon.
func firstSentence(text string) string {
	if i := strings.Index(text, ". "); i >= 0 {
		return text[:i+1]
	}
	return text
}

func errorReferences(errs []error) []reference {
	var refs []reference
	for _, err := range errs {
		if x, ok := explain(err); ok {
			refs = append(refs, reference{"#/components/errors/" + x.row.reason})
		}
	}
	return refs
}

func resultName(result any) string {
	if d, ok := result.(document); ok {
		return d.Name
	}
	if t := reflect.TypeOf(result); t.Kind() == reflect.Slice {
		return t.Elem().Name() + "[]"
	}
	return reflect.TypeOf(result).Name()
}

func resultSchema(result any) schema {
	if d, ok := result.(document); ok {
		return schema{"type": "object", "description": d.Text}
	}
	return schemaOf(reflect.TypeOf(result))
}

func (c *openrpcComponents) addResult(result any) {
	if _, ok := result.(document); !ok {
		c.addSchemas(reflect.TypeOf(result))
	}
}

// addSchemas adds the schema of a structure and of those it is made of.
func (c *openrpcComponents) addSchemas(t reflect.Type) {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct || plainSchema(t) != nil || c.Schemas[t.Name()] != nil {
		return
	}
	properties := schema{}
	c.Schemas[t.Name()] = schema{"type": "object", "properties": properties}
	required := c.addFields(t, properties)
	if t == reflect.TypeFor[core.Bundle]() || t == reflect.TypeFor[core.Leg]() {
		// What may be left out when a bundle is sent, see readBundle.
		required = slices.DeleteFunc(required, func(name string) bool { return slices.Contains(optionalInBundle, name) })
		c.Schemas[t.Name()]["additionalProperties"] = false
	}
	if len(required) > 0 {
		c.Schemas[t.Name()]["required"] = required
	}
}

// addFields adds the schemas of a structure's fields, those of embedded structures among them, and gives the names that are always there.
func (c *openrpcComponents) addFields(t reflect.Type, properties schema) (required []string) {
	for i := range t.NumField() {
		field := t.Field(i)
		name, options, _ := strings.Cut(field.Tag.Get("json"), ",")
		switch {
		case !field.IsExported():
			continue
		case field.Anonymous && name == "":
			required = append(required, c.addFields(field.Type, properties)...)
			continue
		}
		properties[name] = schemaOf(field.Type)
		if options != "omitempty" {
			required = append(required, name)
			if isStructure(field.Type) {
				properties[name] = schema{"oneOf": []schema{schemaOf(field.Type), {"type": "null"}}}
			}
		}
		c.addSchemas(field.Type)
	}
	return required
}

// isStructure reports whether a field that is always there is null now and then: a pointer to a structure that does not write itself.
func isStructure(t reflect.Type) bool {
	return t.Kind() == reflect.Pointer && t.Elem().Kind() == reflect.Struct && plainSchema(t.Elem()) == nil
}

var optionalInBundle = []string{"notBefore", "parentTick", "bid", "commitment", "mayRevert"}

// schemaOf is the schema of a type as encoding/json writes it.
func schemaOf(t reflect.Type) schema {
	if s := plainSchema(t); s != nil {
		return s
	}
	switch t.Kind() {
	case reflect.Pointer:
		return schemaOf(t.Elem())
	case reflect.Slice:
		return schema{"type": "array", "items": schemaOf(t.Elem())}
	case reflect.String:
		return schema{"type": "string"}
	case reflect.Bool:
		return schema{"type": "boolean"}
	case reflect.Int:
		return schema{"type": "integer"}
	case reflect.Uint64:
		return wholeNumber
	case reflect.Struct:
		return schemaRef(t.Name())
	}
	panic("gateway: no JSON schema of " + t.String()) // the answers are fixed, and a test makes the document
}

// plainSchema is the schema of a type that writes itself, nil for all others.
func plainSchema(t reflect.Type) schema {
	switch t {
	case reflect.TypeFor[common.Hash]():
		return schema{"type": "string", "pattern": "^0x[0-9a-f]{64}$"}
	case reflect.TypeFor[common.Address]():
		return schema{"type": "string", "pattern": "^0x[0-9a-fA-F]{40}$"}
	case reflect.TypeFor[hexutil.Bytes]():
		return schema{"type": "string", "pattern": "^0x([0-9a-fA-F]{2})*$"}
	case reflect.TypeFor[hexutil.Big](), reflect.TypeFor[hexutil.Uint64]():
		return schema{"type": "string", "pattern": "^0x(0|[1-9a-f][0-9a-f]*)$"}
	case reflect.TypeFor[core.Level]():
		return schema{"type": "string", "enum": names(core.LevelUnknown, core.LevelFinal)}
	case reflect.TypeFor[core.Atomicity]():
		return schema{"type": "string", "enum": names(core.AtomicExecution, core.AtomicInclusion)}
	case reflect.TypeFor[core.UUID]():
		return schema{"type": "string", "format": "uuid"}
	case reflect.TypeFor[core.OutcomeCode](), reflect.TypeFor[core.RollupKind]():
		return schema{"type": "string"}
	case reflect.TypeFor[json.RawMessage]():
		return schema{"type": "object"}
	case reflect.TypeFor[gethtypes.Log]():
		return schema{"type": "object", "description": "a log as in eth_getLogs"}
	}
	return nil
}

// names are the names of the values from first to last.
func names[T interface {
	~uint8
	fmt.Stringer
}](first, last T) []string {
	var all []string
	for v := first; v <= last; v++ {
		all = append(all, v.String())
	}
	return all
}
