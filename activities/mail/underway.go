package mail

import (
	"context"
	"fmt"
	"sync"
	"time"
)

// underway are the mails, by name, that a server has in full and has not yet answered. It may take longer than
// the sender can wait, and most servers then deliver the mail all the same. So the next attempt waits for the
// answer to the first one: sent again, the mail would arrive twice.
type underway struct {
	mutex sync.Mutex
	mails map[string]*handover
}

// handover waits for the answer to one mail. answer and err are there when done is closed.
type handover struct {
	done   chan struct{}
	answer string
	err    error
	// expire forgets an answer that nobody has asked for.
	expire *time.Timer
}

func newUnderway() *underway {
	return &underway{mails: map[string]*handover{}}
}

// find gives the handover of a mail, nil when it is not under way.
func (u *underway) find(name string) *handover {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	return u.mails[name]
}

// begin lets reply wait for the server's answer. That the server takes the mail is kept for the next attempt; what
// it refuses, or leaves open, nobody needs to be told who does not wait for it.
func (u *underway) begin(name string, reply func() (string, error)) *handover {
	h := &handover{done: make(chan struct{})}
	u.mutex.Lock()
	u.mails[name] = h
	u.mutex.Unlock()
	go func() {
		defer close(h.done)
		if h.answer, h.err = reply(); h.err != nil {
			u.forget(name, h)
			return
		}
		h.expire = time.AfterFunc(patience, func() { u.forget(name, h) })
	}()
	return h
}

// await gives the answer, once, unless ctx ends before it comes.
func (u *underway) await(ctx context.Context, name string, h *handover) (answer string, err error) {
	select {
	case <-h.done:
		if h.expire != nil {
			h.expire.Stop()
		}
		u.forget(name, h)
		return h.answer, h.err
	case <-ctx.Done():
		return "", fmt.Errorf("wait until the server takes the message: %w", ctx.Err())
	}
}

func (u *underway) forget(name string, h *handover) {
	u.mutex.Lock()
	defer u.mutex.Unlock()
	if u.mails[name] == h {
		delete(u.mails, name)
	}
}
