package explorer

import (
	"bytes"
	"crypto/sha256"
	"embed"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"mime"
	"net/http"
	"path"
	"strings"
)

// dist is the page as it is served, built from web.
//
//go:embed all:dist
var dist embed.FS

// policy lets a page load scripts, styles and data from this node only, and nobody frame it.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; " +
	"manifest-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'"

// How answers may be kept. What has a number is another thing on another network, which may be at the same address
// tomorrow; what has a hash is not.
const (
	cacheAsk    = "no-cache"
	cacheMinute = "private, max-age=60"
	cacheAlways = "public, max-age=31536000, immutable"
)

// answer is what a path of the API answers.
type answer struct {
	value any
	// final: the answer never changes, for any network.
	final bool
}

// Handler serves everything below Prefix, with whole paths.
func (x *Explorer) Handler() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		h := w.Header()
		h.Set("Content-Security-Policy", policy)
		h.Set("X-Content-Type-Options", "nosniff")
		h.Set("Referrer-Policy", "no-referrer")
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		x.mux.ServeHTTP(w, r)
	})
}

func (x *Explorer) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+Prefix+"live", x.serveLive)
	for pattern, respond := range map[string]func(*http.Request) (answer, error){
		"network": x.network, "ticks": x.ticks, "tick/{number}": x.tick, "tx/{hash}": x.transaction, "bundle/{id}": x.bundle,
		"rollups": x.rollups, "rollup/{id}": x.rollup, "rollup/{id}/block/{block}": x.block, "validators": x.validators,
		"validator/{address}": x.validator, "changes": x.changes, "address/{address}": x.address, "search": x.search,
	} {
		mux.HandleFunc("GET "+Prefix+"api/"+pattern, func(w http.ResponseWriter, r *http.Request) { x.serveAPI(w, r, respond) })
	}
	mux.HandleFunc("GET "+Prefix+"api/", func(w http.ResponseWriter, r *http.Request) {
		fail(w, http.StatusNotFound, "there is no such path; GET "+Prefix+"api/network is one")
	})
	mux.HandleFunc("GET "+Prefix, x.servePage)
	mux.HandleFunc("GET "+strings.TrimSuffix(Prefix, "/"), func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, Prefix, http.StatusMovedPermanently)
	})
	return mux
}

// serveAPI answers a request with JSON, or with "not modified" to a page that has the answer.
func (x *Explorer) serveAPI(w http.ResponseWriter, r *http.Request, respond func(*http.Request) (answer, error)) {
	select {
	case x.requests <- struct{}{}:
		defer func() { <-x.requests }()
	default:
		w.Header().Set("Retry-After", "1")
		fail(w, http.StatusServiceUnavailable, "this node answers too many requests, try again")
		return
	}
	a, err := respond(r)
	if problem := (*requestError)(nil); errors.As(err, &problem) {
		fail(w, problem.status, problem.message)
		return
	}
	if err != nil {
		x.failInternal(w, r, err)
		return
	}
	body, err := json.Marshal(a.value)
	if err != nil {
		x.failInternal(w, r, err)
		return
	}
	cache := cacheAsk
	if a.final {
		cache = cacheMinute
	}
	w.Header().Set("Content-Type", "application/json")
	send(w, r, cache, body)
}

// send writes a body, unless the client has it.
func send(w http.ResponseWriter, r *http.Request, cache string, body []byte) {
	sum := sha256.Sum256(body)
	tag := `"` + hex.EncodeToString(sum[:16]) + `"`
	w.Header().Set("Etag", tag)
	w.Header().Set("Cache-Control", cache)
	if strings.Contains(r.Header.Get("If-None-Match"), tag) {
		w.WriteHeader(http.StatusNotModified)
		return
	}
	_, _ = bytes.NewReader(body).WriteTo(w) // a client that is gone needs no answer
}

// servePage serves a file of the page; all other paths are places within the page, which finds out itself which.
func (x *Explorer) servePage(w http.ResponseWriter, r *http.Request) {
	name := path.Clean(strings.TrimPrefix(r.URL.Path, Prefix))
	body, err := fs.ReadFile(dist, path.Join("dist", name))
	cache := cacheAsk
	switch {
	case err == nil && strings.HasPrefix(name, "assets/"):
		cache = cacheAlways // their names change with their content
	case err != nil && strings.HasPrefix(name, "assets/"):
		fail(w, http.StatusNotFound, "there is no such file")
		return
	case err != nil:
		name = "index.html"
		if body, err = fs.ReadFile(dist, "dist/index.html"); err != nil {
			x.failInternal(w, r, err)
			return
		}
	}
	if kind := mime.TypeByExtension(path.Ext(name)); kind != "" {
		w.Header().Set("Content-Type", kind)
	}
	send(w, r, cache, body)
}

// requestError is what is wrong with a request.
type requestError struct {
	status  int
	message string
}

func (e *requestError) Error() string { return e.message }

// bad says what is wrong with a value, and what would be right.
func bad(name, have, want string) error {
	const most = 80
	if len(have) > most {
		have = have[:most] + "…"
	}
	return &requestError{http.StatusBadRequest, fmt.Sprintf("%s is %q, want %s", name, have, want)}
}

// missing says that there is no such thing.
func missing(format string, args ...any) error {
	return &requestError{http.StatusNotFound, fmt.Sprintf(format, args...)}
}

func (x *Explorer) failInternal(w http.ResponseWriter, r *http.Request, err error) {
	x.log.Warn("request failed", "reason", r.URL.Path, "err", err)
	fail(w, http.StatusInternalServerError, "internal error, the node's log has the reason")
}

func fail(w http.ResponseWriter, status int, message string) {
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(Failure{FailureDetail{status, message}}) // a client that is gone needs no answer
}
