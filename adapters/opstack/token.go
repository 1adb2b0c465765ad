package opstack

import (
	"encoding/hex"
	"fmt"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v4"
)

// tokenWindow is how far a token's time may be from this machine's, either way (Engine API, authentication).
const tokenWindow = 60 * time.Second

// secret signs and checks the tokens of one side.
type secret []byte

// loadSecret reads a file with 64 hex digits, as execution clients write it.
func loadSecret(path string) (secret, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrSecret, err)
	}
	b, err := hex.DecodeString(strings.TrimPrefix(strings.TrimSpace(string(text)), "0x"))
	if err != nil || len(b) != 32 {
		return nil, fmt.Errorf("%w: %s: want 64 hex digits", ErrSecret, path)
	}
	return b, nil
}

// check says what is wrong with a request's token, in go-ethereum's words; empty if nothing is.
func (s secret) check(h http.Header, now time.Time) string {
	text := h.Get("Authorization")
	if len(text) <= 7 || !strings.EqualFold(text[:7], "bearer ") {
		return "missing token"
	}
	var claims jwt.RegisteredClaims
	// Other algorithms, "none" among them, are refused by name. The library's own check knows no drift between clocks.
	token, err := jwt.ParseWithClaims(text[7:], &claims, func(*jwt.Token) (any, error) { return []byte(s), nil },
		jwt.WithValidMethods([]string{jwt.SigningMethodHS256.Name}), jwt.WithoutClaimsValidation())
	switch {
	case err != nil:
		return err.Error()
	case !token.Valid:
		return "invalid token"
	case !claims.VerifyExpiresAt(now, false):
		return "token is expired"
	case claims.IssuedAt == nil:
		return "missing issued-at"
	case now.Sub(claims.IssuedAt.Time) > tokenWindow:
		return "stale token"
	case claims.IssuedAt.Sub(now) > tokenWindow:
		return "future token"
	}
	return ""
}

// sign puts a new token on a request.
func (s secret) sign(h http.Header, now time.Time) error {
	text, err := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.RegisteredClaims{IssuedAt: jwt.NewNumericDate(now)}).SignedString([]byte(s))
	if err != nil {
		return fmt.Errorf("sign token: %w", err)
	}
	h.Set("Authorization", "Bearer "+text)
	return nil
}
