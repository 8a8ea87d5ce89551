package process

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// isolate takes the process out of our group, so that Ctrl-C does not reach it.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{CreationFlags: syscall.CREATE_NEW_PROCESS_GROUP}
}

// interrupt kills: Windows has no signal that ends a process of another group in good order. What the servers
// keep in files stands that.
func interrupt(p *os.Process) error {
	if err := p.Kill(); !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

func (p *Process) kill() error {
	err := interrupt(p.cmd.Process)
	<-p.exited
	return err
}
