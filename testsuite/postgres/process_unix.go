//go:build unix && !linux

package postgres

import (
	"errors"
	"os"
	"os/exec"
	"syscall"
)

// owner is the user that a server runs as: the one that we are.
type owner struct{}

// findOwner refuses root, as which PostgreSQL does not run.
func findOwner() (owner, error) {
	if os.Geteuid() == 0 {
		return owner{}, errors.New("it cannot run as root")
	}
	return owner{}, nil
}

func (owner) own(string) error { return nil }

// isolate takes the process out of our group, so that Ctrl-C does not reach it. Only Linux offers to tie its
// life to ours: here it stays when we are killed.
func isolate(cmd *exec.Cmd, _ owner) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// kill ends the server at once. Its processes end by themselves when they notice.
func (p *process) kill() error {
	if p.gone() {
		return nil
	}
	err := p.cmd.Process.Kill()
	<-p.exited
	return err
}
