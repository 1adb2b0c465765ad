package gateway

// Explained is an error taken apart for a client of any protocol: the same code, reason and words everywhere.
type Explained struct {
	Code    int
	Reason  string
	Message string
	// Field, Have and Want may be empty, see Refusal.
	Field, Have, Want string
}

// Explain finds an error in the table of errors. ok is false for what is none of the client's business: it is answered as
// an internal error.
func Explain(err error) (e Explained, ok bool) {
	x, ok := explain(err)
	if !ok {
		return Explained{Code: codeInternal, Reason: "internal", Message: "internal error"}, false
	}
	return Explained{x.row.code, x.row.reason, x.message(true), x.field, x.have, x.want}, true
}
