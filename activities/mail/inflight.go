package mail

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// answerKept is how long the answer to a mail is kept for the next attempt. There are ten minutes between attempts at most.
const answerKept = 15 * time.Minute

// inFlight has the mails, by name, that a server has received in full and has not answered yet. The answer may take longer
// than the caller can wait, and most servers then deliver the mail all the same. So the next attempt waits for the answer
// to the first one: sent again, the mail would arrive twice.
type inFlight struct {
	mutex sync.Mutex
	mails map[string]*handover
}

// handover waits for the answer to one mail. answer and err are set when done is closed.
type handover struct {
	done   chan struct{}
	answer string
	err    error
	// expire drops an answer that no attempt has asked for.
	expire *time.Timer
}

func newInFlight() *inFlight {
	return &inFlight{mails: map[string]*handover{}}
}

// find returns the handover of a mail, or nil if it is not in flight.
func (f *inFlight) find(name string) *handover {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	return f.mails[name]
}

// begin lets reply wait for the server's answer. A positive answer is kept for the next attempt; an error is dropped,
// because the next attempt hands the mail over again.
func (f *inFlight) begin(name string, reply func() (string, error)) *handover {
	h := &handover{done: make(chan struct{})}
	f.mutex.Lock()
	f.mails[name] = h
	f.mutex.Unlock()
	go func() {
		defer close(h.done)
		if h.answer, h.err = reply(); h.err != nil {
			f.forget(name, h)
			return
		}
		h.expire = time.AfterFunc(answerKept, func() { f.forget(name, h) })
	}()
	return h
}

// await returns the answer and forgets it, unless ctx ends first.
func (f *inFlight) await(ctx context.Context, name string, h *handover) (answer string, err error) {
	select {
	case <-h.done:
		if h.expire != nil {
			h.expire.Stop()
		}
		f.forget(name, h)
		return h.answer, h.err
	case <-ctx.Done():
		return "", fmt.Errorf("wait until the server takes the message: %w", ctx.Err())
	}
}

func (f *inFlight) forget(name string, h *handover) {
	f.mutex.Lock()
	defer f.mutex.Unlock()
	if f.mails[name] == h {
		delete(f.mails, name)
	}
}
