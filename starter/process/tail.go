package process

import (
	"strings"
	"sync"
)

// tailSize is enough for the reason of a failed start and the stack trace of a goroutine.
const tailSize = 16 << 10

// tail keeps the end of what is written to it. Its zero value is ready to use.
type tail struct {
	mu  sync.Mutex
	end []byte
}

// Write implements io.Writer.
func (t *tail) Write(b []byte) (int, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.end = append(t.end, b...)
	if over := len(t.end) - tailSize; over > 0 {
		t.end = append(t.end[:0], t.end[over:]...)
	}
	return len(b), nil
}

// String returns the end without surrounding white space.
func (t *tail) String() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return strings.TrimSpace(string(t.end))
}

// announcer passes on what is written and closes printed at the first write.
type announcer struct {
	tail    *tail
	printed chan struct{}
	once    sync.Once
}

// Write implements io.Writer.
func (a *announcer) Write(b []byte) (int, error) {
	a.once.Do(func() { close(a.printed) })
	return a.tail.Write(b)
}
