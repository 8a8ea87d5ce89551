//go:build unix && !solaris && !aix

package devserver

import (
	"context"
	"errors"
	"os"
	"syscall"
	"time"
)

// lock waits until the file is ours or the context is over. The lock ends with the closing of the file, hence
// with the process at the latest.
func lock(ctx context.Context, file *os.File) {
	ticker := time.NewTicker(100 * time.Millisecond)
	defer ticker.Stop()
	for {
		err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		if !errors.Is(err, syscall.EWOULDBLOCK) {
			return
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}
