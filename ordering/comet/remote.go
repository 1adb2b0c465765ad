package comet

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	cmted25519 "github.com/cometbft/cometbft/crypto/ed25519"
	cmtprivval "github.com/cometbft/cometbft/privval"
)

const (
	// signerRetries and signerPause bound how long the consensus loop waits for a signer that has gone before it goes on
	// without a vote.
	signerRetries = 50
	signerPause   = 100 * time.Millisecond
	// signerPoll is the pause between looking whether a signer has dialled in for the first time.
	signerPoll = time.Second
	// redial is the pause of a signer between two attempts.
	redial = 200 * time.Millisecond
	// signerTimeout bounds one message between node and signer.
	signerTimeout = 5 * time.Second
)

// checkSigner refuses what is no address for a remote signer.
func checkSigner(address string) error {
	scheme, rest, ok := strings.Cut(address, "://")
	if address == "" || ok && rest != "" && (scheme == "tcp" || scheme == "unix" || scheme == "noise") {
		return nil
	}
	return fmt.Errorf("%q is none of tcp://HOST:PORT, unix://PATH and noise://PEERID@HOST:PORT", address)
}

// awaitSigner listens for the process that has the consensus key, and waits until it is there; ctx's end is no error, and leaves
// no signer. done ends the listening, also after the engine has done so.
func (n *Node) awaitSigner(ctx context.Context) (done func(), err error) {
	if n.cfg.Signer == "" || n.cfg.Follow {
		return func() {}, nil
	}
	if path, ok := strings.CutPrefix(n.cfg.Signer, "unix://"); ok {
		if info, err := os.Lstat(path); err == nil && info.Mode()&os.ModeSocket != 0 {
			_ = os.Remove(path) // a killed node leaves it; what is still in the way, listening tells
		}
	}
	endpoint, err := cmtprivval.NewSignerListenerFromAddr(n.cfg.Signer, n.key.PrivKey, &engineLogger{log: n.log, module: "signer", sink: n.sink})
	if err != nil {
		return nil, fmt.Errorf("ordering: listen for the signer: %w", err)
	}
	client, err := cmtprivval.NewSignerClient(endpoint, n.genesis.ChainID)
	if err != nil {
		return nil, fmt.Errorf("ordering: listen for the signer: %w", err)
	}
	done = func() {
		if endpoint.IsRunning() {
			_ = client.Close() // nothing is written, and the process or the next start gives the port back
		}
	}
	n.log.Info("waiting for the signer", "address", n.cfg.Signer)
	for client.WaitForConnection(signerPoll) != nil {
		if ctx.Err() != nil {
			return done, nil
		}
	}
	key, err := client.GetPubKey()
	if err != nil {
		done()
		return nil, fmt.Errorf("ordering: signer: %w", err)
	}
	if _, ok := key.(cmted25519.PubKey); !ok {
		done()
		return nil, fmt.Errorf("%w: the signer's key is a %s key, want ed25519", ErrKeys, key.Type())
	}
	n.log.Info("signer is there", "peer", key.Address().String())
	n.signer = cmtprivval.NewRetrySignerClient(client, signerRetries, signerPause)
	return done, nil
}

// SignerConfig is that of a process that holds a consensus key for a validator elsewhere.
type SignerConfig struct {
	// Home has the key and the record of its last signature, in the places of a validator's Home.
	Home string
	// Connect is where the validator listens: tcp://HOST:PORT or unix://PATH.
	Connect string
	// ChainID is the network's, without which nothing is signed.
	ChainID string
	Logger  *slog.Logger
}

// RunSigner signs what the validator asks for until ctx ends, and dials again whenever the connection is lost. The record in Home keeps it from
// signing two different things for one step, whoever asks. One process may use a Home at a time.
func RunSigner(ctx context.Context, cfg SignerConfig) error {
	if err := checkSigner(cfg.Connect); err != nil || cfg.Connect == "" || strings.HasPrefix(cfg.Connect, "noise://") {
		return fmt.Errorf("%w: connect is %q, want tcp://HOST:PORT or unix://PATH", ErrConfig, cfg.Connect)
	}
	key, err := openVoter(cfg.Home)
	if err != nil {
		return err
	}
	log := cfg.Logger.With("stage", "signer")
	sink := &engineSink{failed: func(error) {}}
	scheme, address, _ := strings.Cut(cfg.Connect, "://")
	dial := cmtprivval.DialUnixFn(address)
	if scheme == "tcp" {
		dial = cmtprivval.DialTCPFn(address, signerTimeout, cmted25519.GenPrivKey())
	}
	endpoint := cmtprivval.NewSignerDialerEndpoint(&engineLogger{log: log, module: "signer", sink: sink}, func() (net.Conn, error) {
		if ctx.Err() != nil {
			return nowhere(), nil // lets the server see that it has stopped
		}
		conn, err := dial()
		if err == nil {
			log.Info("connected to the validator", "address", cfg.Connect)
		}
		return conn, err
	}, cmtprivval.SignerDialerEndpointConnRetries(1<<30), cmtprivval.SignerDialerEndpointRetryWaitInterval(redial))
	server := cmtprivval.NewSignerServer(endpoint, cfg.ChainID, key)
	if err := server.Start(); err != nil {
		return fmt.Errorf("ordering: signer: %w", err)
	}
	log.Info("signer starts", "peer", key.GetAddress().String(), "address", cfg.Connect)
	<-ctx.Done()
	sink.stopping.Store(true)
	return errors.Join(server.Stop())
}

// nowhere is a connection that has ended.
func nowhere() net.Conn {
	a, b := net.Pipe()
	_ = b.Close() // a pipe's end
	_ = a.Close()
	return a
}
