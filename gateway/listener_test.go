package gateway

import (
	"errors"
	"net"
	"os"
	"testing"
	"time"
)

// A client that sends requests and does not read the answers must not be read from, or its requests pile up here.
func TestLimitedConn_IsNotReadWhileAnAnswerIsStuck(t *testing.T) {
	t.Parallel()
	inner, client := net.Pipe() // without a buffer: a write is stuck until the other side reads
	defer client.Close()
	conn, _ := newLimitedListener(nil, 1).admit(inner)
	defer conn.Close()

	wrote := make(chan error, 1)
	go func() {
		_, err := conn.Write([]byte("ab"))
		wrote <- err
	}()
	first := make([]byte, 1)
	if _, err := client.Read(first); err != nil { // the write is under way, half of it is left
		t.Fatal(err)
	}
	read := make(chan error, 1)
	go func() {
		_, err := conn.Read(make([]byte, 1))
		read <- err
	}()
	if err := client.SetWriteDeadline(time.Now().Add(100 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write([]byte("x")); !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatalf("a request was read while an answer was stuck: %v", err)
	}
	if _, err := client.Read(first); err != nil {
		t.Fatal(err)
	}
	if err := <-wrote; err != nil {
		t.Error(err)
	}
	if err := client.SetWriteDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Write([]byte("x")); err != nil {
		t.Error(err)
	}
	if err := <-read; err != nil {
		t.Error(err)
	}
}

func TestLimitedConn_FreesItsPlaceWhenAWriteFails(t *testing.T) {
	t.Parallel()
	inner, client := net.Pipe()
	l := newLimitedListener(nil, 1)
	conn, _ := l.admit(inner)
	if c, _ := l.admit(inner); c != nil {
		t.Error("two connections where one may be open")
	}
	_ = client.Close()
	if _, err := conn.Write([]byte("x")); err == nil {
		t.Error("a write to nobody succeeded")
	}
	if c, _ := l.admit(inner); c == nil {
		t.Error("the place is not free")
	}
}
