//go:build unix && !linux

package process

import (
	"os/exec"
	"syscall"
)

// isolate takes the process out of our group, so that Ctrl-C does not reach it. Only Linux offers to tie its
// life to ours: here it stays when we are killed.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}

// kill ends the process and its group. What it has put into other groups has to notice and end by itself.
func (p *Process) kill() error {
	err := signalGroup(p.cmd.Process, syscall.SIGKILL)
	<-p.exited
	return err
}
