//go:build unix

package process

import (
	"errors"
	"os"
	"syscall"
)

// interrupt asks the process and its group to end. Interrupted, PostgreSQL disconnects its clients; terminated, it
// would wait for them.
func interrupt(p *os.Process) error { return signalGroup(p, syscall.SIGINT) }

func signalGroup(p *os.Process, signal syscall.Signal) error {
	if err := syscall.Kill(-p.Pid, signal); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
