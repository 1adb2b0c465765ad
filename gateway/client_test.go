package gateway_test

import (
	"context"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/ethereum/go-ethereum/rpc"

	"github.com/lockstep-network/lockstep/gateway"
)

// who answers with the name that quotas go by.
type who struct{}

func (who) AmI(ctx context.Context) string { return gateway.Client(ctx) }

func TestClient_IsTheAddressOfTheConnection(t *testing.T) {
	t.Parallel()
	server := rpc.NewServer()
	defer server.Stop()
	if err := server.RegisterName("who", who{}); err != nil {
		t.Fatal(err)
	}
	mux := http.NewServeMux()
	mux.Handle("/", server)
	mux.Handle("/ws", server.WebsocketHandler([]string{"*"}))
	for listen, want := range map[string]string{"127.0.0.1:0": "127.0.0.1", "[::1]:0": "::/64"} {
		listener, err := net.Listen("tcp", listen)
		if err != nil {
			t.Logf("%s: %v", listen, err) // a machine without IPv6
			continue
		}
		web := httptest.NewUnstartedServer(mux)
		if err := web.Listener.Close(); err != nil {
			t.Fatal(err)
		}
		web.Listener = listener
		web.Start()
		defer web.Close()
		for _, url := range []string{web.URL, strings.Replace(web.URL, "http", "ws", 1) + "/ws"} {
			client, err := rpc.DialContext(t.Context(), url)
			if err != nil {
				t.Fatal(err)
			}
			defer client.Close()
			client.SetHeader("X-Forwarded-For", "192.0.2.7")
			var got string
			if err := client.CallContext(t.Context(), &got, "who_amI"); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", url, got, err, want)
			}
		}
	}
	if got := gateway.Client(t.Context()); got != "" {
		t.Errorf("without a connection: %q", got)
	}
}
