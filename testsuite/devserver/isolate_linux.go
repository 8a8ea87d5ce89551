package devserver

import (
	"os/exec"
	"syscall"
)

// isolate takes the process out of our group, so that Ctrl-C does not reach it, and ties its life to the
// thread that starts it.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
}
