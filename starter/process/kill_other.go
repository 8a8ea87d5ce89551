//go:build unix && !linux

package process

import "syscall"

// dieWithParent does nothing: only Linux can tie the life of a process to ours.
func dieWithParent(*syscall.SysProcAttr) {}

// kill kills the process and its group. Children in groups of their own have to notice its end themselves.
func (p *Process) kill() error {
	err := p.signalGroup(syscall.SIGKILL)
	<-p.exited
	return err
}
