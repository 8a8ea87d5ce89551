//go:build unix

package devserver

import (
	"errors"
	"os"
	"syscall"
)

// interrupt asks the process and all that it started to end.
func interrupt(p *os.Process) error { return signalGroup(p, syscall.SIGTERM) }

// kill ends the process and all that it started at once.
func kill(p *os.Process) error { return signalGroup(p, syscall.SIGKILL) }

func signalGroup(p *os.Process, signal syscall.Signal) error {
	if err := syscall.Kill(-p.Pid, signal); !errors.Is(err, syscall.ESRCH) {
		return err
	}
	return nil
}
