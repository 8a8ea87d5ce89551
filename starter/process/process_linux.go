package process

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// isolate takes the process out of our group, so that Ctrl-C does not reach it, and ties its life to the thread
// that starts it.
func isolate(cmd *exec.Cmd) {
	if cmd.SysProcAttr == nil {
		cmd.SysProcAttr = &syscall.SysProcAttr{} // else it names the user to run as
	}
	cmd.SysProcAttr.Setpgid, cmd.SysProcAttr.Pdeathsig = true, syscall.SIGKILL
}

// kill ends the process, its group and its children. PostgreSQL's are each in a group of their own, and would
// still finish what they are at.
func (p *Process) kill() error {
	leader := p.cmd.Process
	if err := leader.Signal(syscall.SIGSTOP); err != nil && !errors.Is(err, os.ErrProcessDone) { // it starts no more of them
		return err
	}
	children, err := childrenOf(leader.Pid)
	err = errors.Join(err, signalGroup(leader, syscall.SIGKILL))
	for _, child := range children {
		if e := syscall.Kill(child, syscall.SIGKILL); !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, e)
		}
	}
	<-p.exited
	return errors.Join(err, awaitGone(children))
}

// awaitGone waits until processes that are not our own children have ended.
func awaitGone(pids []int) error {
	ticker, deadline := time.NewTicker(time.Millisecond), time.After(goneWithin)
	defer ticker.Stop()
	for _, pid := range pids {
		for alive(pid) {
			select {
			case <-ticker.C:
			case <-deadline:
				return fmt.Errorf("process %d has not ended within %s", pid, goneWithin)
			}
		}
	}
	return nil
}

func alive(pid int) bool {
	state, _ := status(pid)
	return state != "" && state != "Z" && state != "X"
}

func childrenOf(parent int) ([]int, error) {
	folders, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return nil, err
	}
	var children []int
	for _, folder := range folders {
		pid, err := strconv.Atoi(filepath.Base(folder))
		if err != nil {
			continue
		}
		if _, of := status(pid); of == strconv.Itoa(parent) {
			children = append(children, pid)
		}
	}
	return children, nil
}

// status reads "PID (NAME) STATE PARENT …", where the name can be anything; nothing when there is no such process.
func status(pid int) (state, parent string) {
	content, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return "", ""
	}
	line := string(content)
	fields := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
	if len(fields) < 2 {
		return "", ""
	}
	return fields[0], fields[1]
}
