package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"net"
	"net/url"
	"strconv"
)

// connection is a kept-alive HTTP/1.1 connection that does as little as possible for a request, so that the load
// generator leaves the machine to the server.
type connection struct {
	conn   net.Conn
	r      *bufio.Reader
	head   []byte // of every request, up to the value of Content-Length
	out    []byte
	answer []byte
}

func connect(address string) (*connection, error) {
	u, err := url.Parse(address)
	if err != nil {
		return nil, err
	}
	conn, err := net.Dial("tcp", u.Host)
	if err != nil {
		return nil, err
	}
	path := u.Path
	if path == "" {
		path = "/"
	}
	head := fmt.Sprintf("POST %s HTTP/1.1\r\nHost: %s\r\nContent-Type: application/json\r\nContent-Length: ", path, u.Host)
	return &connection{conn: conn, r: bufio.NewReaderSize(conn, 64<<10), head: []byte(head)}, nil
}

func (c *connection) close() { _ = c.conn.Close() }

// ask sends a body and gives the body of the answer, which is valid until the next call.
func (c *connection) ask(body []byte) ([]byte, error) {
	c.out = append(c.out[:0], c.head...)
	c.out = strconv.AppendInt(c.out, int64(len(body)), 10)
	c.out = append(c.out, "\r\n\r\n"...)
	c.out = append(c.out, body...)
	if _, err := c.conn.Write(c.out); err != nil {
		return nil, err
	}
	status, err := c.r.ReadSlice('\n')
	if err != nil {
		return nil, err
	}
	if !bytes.HasPrefix(status, []byte("HTTP/1.1 200 ")) {
		return nil, fmt.Errorf("answer %q", bytes.TrimSpace(status))
	}
	length, err := c.length()
	if err != nil {
		return nil, err
	}
	if cap(c.answer) < length {
		c.answer = make([]byte, length)
	}
	c.answer = c.answer[:length]
	_, err = io.ReadFull(c.r, c.answer)
	return c.answer, err
}

// length reads the header fields and gives the length of the body.
func (c *connection) length() (int, error) {
	const field = "content-length:"
	length := -1
	for {
		line, err := c.r.ReadSlice('\n')
		if err != nil {
			return 0, err
		}
		line = bytes.TrimSpace(line)
		if len(line) == 0 {
			break
		}
		if len(line) > len(field) && bytes.EqualFold(line[:len(field)], []byte(field)) {
			if length, err = strconv.Atoi(string(bytes.TrimSpace(line[len(field):]))); err != nil {
				return 0, err
			}
		}
	}
	if length < 0 {
		return 0, fmt.Errorf("an answer without a length")
	}
	return length, nil
}
