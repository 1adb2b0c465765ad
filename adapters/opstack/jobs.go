package opstack

import (
	"time"

	"github.com/ethereum/go-ethereum/common"
)

// maxJobs bounds the builds that are remembered; op-node has one open at a time.
const maxJobs = 64

// job is a build that op-node has asked for.
type job struct {
	id     string
	parent common.Hash
	// timestamp is that of the block, in seconds since the Unix epoch.
	timestamp uint64
	// derived: op-node has named all transactions, so the block's content is not the sequencer's to choose.
	derived bool
	opened  time.Time
}

// kind is the build's label.
func (b job) kind() string {
	if b.derived {
		return buildDerived
	}
	return buildSequencer
}

// jobs are the builds that are open or were asked for lately, oldest first: a pure machine, fed with what passes. Builds are
// told apart by payload id and parent, because execution clients may give an id again.
type jobs struct{ open []job }

// begun takes notice of a build, or of one more request for it, which changes nothing: a second forkchoiceUpdated must not
// make a new job of it.
func (j *jobs) begun(b job) {
	for _, known := range j.open {
		if known.id == b.id && known.parent == b.parent {
			return
		}
	}
	if j.open = append(j.open, b); len(j.open) > maxJobs {
		j.open = j.open[1:]
	}
}

// asked finds the build whose payload op-node wants: the newest of this id.
func (j *jobs) asked(id string) (job, bool) {
	for i := len(j.open) - 1; i >= 0; i-- {
		if j.open[i].id == id {
			return j.open[i], true
		}
	}
	return job{}, false
}
