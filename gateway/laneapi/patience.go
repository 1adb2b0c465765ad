package laneapi

import (
	"errors"
	"net/http"
	"time"
)

// patientWriter gives a stream as long as it likes, and each single write no longer than patience: whoever takes nothing for
// that long is cut off.
type patientWriter struct {
	http.ResponseWriter
	control  *http.ResponseController
	patience time.Duration
}

func newPatientWriter(w http.ResponseWriter, patience time.Duration) *patientWriter {
	p := &patientWriter{ResponseWriter: w, control: http.NewResponseController(w), patience: patience}
	// The port's own limits are for requests that end. Writers that know no deadlines are those of tests.
	_ = errors.Join(p.control.SetReadDeadline(time.Time{}), p.control.SetWriteDeadline(time.Time{}))
	return p
}

// Write writes within the patience.
func (p *patientWriter) Write(b []byte) (int, error) {
	defer p.limit()()
	return p.ResponseWriter.Write(b)
}

// Flush sends what was written within the patience.
func (p *patientWriter) Flush() {
	defer p.limit()()
	_ = p.control.Flush() // the next write meets the same error
}

// Unwrap gives http.ResponseController the way to the connection.
func (p *patientWriter) Unwrap() http.ResponseWriter { return p.ResponseWriter }

// limit sets the deadline; the result takes it back, as HTTP/2 would end a quiet stream by it too.
func (p *patientWriter) limit() (lift func()) {
	_ = p.control.SetWriteDeadline(time.Now().Add(p.patience))
	return func() { _ = p.control.SetWriteDeadline(time.Time{}) }
}
