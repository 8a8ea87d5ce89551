//go:build unix && !linux

package devserver

import (
	"os/exec"
	"syscall"
)

// isolate takes the process out of our group, so that Ctrl-C does not reach it. Only Linux offers to tie its
// life to ours: here it stays when we are killed.
func isolate(cmd *exec.Cmd) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
}
