package gateway

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/ethereum/go-ethereum/common"
	"github.com/ethereum/go-ethereum/common/hexutil"
	"github.com/ethereum/go-ethereum/crypto"
)

// signatureHeader carries "address:signature", the signature of an HTTP body.
const signatureHeader = "X-Flashbots-Signature"

// signedBody is a request body with the header that came with it.
type signedBody struct {
	header string
	body   []byte
}

// signedBodyKey is where the context of a call has the body it came in: the RPC server between the two carries nothing else.
type signedBodyKey struct{}

// withSignature keeps what is needed to verify a signed body; most bodies are not signed.
func withSignature(r *http.Request, body []byte) *http.Request {
	header := r.Header.Get(signatureHeader)
	if header == "" {
		return r
	}
	return r.WithContext(context.WithValue(r.Context(), signedBodyKey{}, signedBody{header, body}))
}

// flashbotsSigner is who signed the body that a call came in, nil if it is not signed.
func flashbotsSigner(ctx context.Context) (*common.Address, error) {
	signed, ok := ctx.Value(signedBodyKey{}).(signedBody)
	if !ok {
		return nil, nil
	}
	address, err := signed.verify()
	if err != nil {
		return nil, err
	}
	return &address, nil
}

// verify recovers the signer of keccak256(body), which is signed as a text (EIP-191): as its 66 characters of hex.
func (s signedBody) verify() (common.Address, error) {
	fail := func(format string, args ...any) (common.Address, error) {
		return common.Address{}, &Refusal{Cause: ErrBundleSignature, Field: signatureHeader, Detail: fmt.Sprintf(format, args...)}
	}
	claimed, text, ok := strings.Cut(s.header, ":")
	if !ok || !common.IsHexAddress(claimed) {
		return fail("want 0x<address>:0x<signature>")
	}
	signature, err := hexutil.Decode(text)
	if err != nil || len(signature) != crypto.SignatureLength {
		return fail("want 65 bytes (R, S, V) as a 0x hex string behind the colon")
	}
	if signature[crypto.RecoveryIDOffset] >= 27 {
		signature[crypto.RecoveryIDOffset] -= 27
	}
	key, err := crypto.SigToPub(textHash(crypto.Keccak256Hash(s.body).Hex()), signature)
	if err != nil {
		return fail("it is a signature of nobody")
	}
	if signer := crypto.PubkeyToAddress(*key); signer != common.HexToAddress(claimed) {
		return fail("it is not %s's over this body (as its text 0x<keccak256 of the body>, by EIP-191)", claimed)
	}
	return common.HexToAddress(claimed), nil
}

// textHash is what EIP-191's personal messages are signed as.
func textHash(text string) []byte {
	return crypto.Keccak256(fmt.Appendf(nil, "\x19Ethereum Signed Message:\n%d%s", len(text), text))
}
