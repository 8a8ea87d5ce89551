package postgres

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/user"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// owner is the user that a server runs as; nil is the one that we are.
type owner struct {
	credential *syscall.Credential
}

// findOwner finds another user when we are root, as which PostgreSQL refuses to run.
func findOwner() (owner, error) {
	if os.Geteuid() != 0 {
		return owner{}, nil
	}
	for _, name := range []string{"postgres", "nobody"} {
		account, err := user.Lookup(name)
		if err != nil {
			continue
		}
		uid, uidErr := strconv.ParseUint(account.Uid, 10, 32)
		gid, gidErr := strconv.ParseUint(account.Gid, 10, 32)
		if err := errors.Join(uidErr, gidErr); err != nil {
			return owner{}, err
		}
		return owner{&syscall.Credential{Uid: uint32(uid), Gid: uint32(gid)}}, nil
	}
	return owner{}, errors.New("it cannot run as root, and there is neither a user postgres nor nobody")
}

// own gives a file or folder to the user.
func (o owner) own(path string) error {
	if o.credential == nil {
		return nil
	}
	return os.Chown(path, int(o.credential.Uid), int(o.credential.Gid))
}

// isolate takes the process out of our group, so that Ctrl-C does not reach it, and ties its life to the thread
// that starts it.
func isolate(cmd *exec.Cmd, o owner) {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL, Credential: o.credential}
}

// kill ends the server and its processes at once and returns when they are gone. They are not in its process
// group: each is in one of its own, and would still finish what it is at.
func (p *process) kill() error {
	if p.gone() {
		return nil
	}
	pid := p.cmd.Process.Pid
	if err := syscall.Kill(pid, syscall.SIGSTOP); err != nil { // it starts no more of them
		return err
	}
	children, err := childrenOf(pid)
	for _, one := range append([]int{pid}, children...) {
		if e := syscall.Kill(one, syscall.SIGKILL); !errors.Is(e, syscall.ESRCH) {
			err = errors.Join(err, e)
		}
	}
	<-p.exited
	return errors.Join(err, awaitGone(children))
}

// awaitGone waits until processes that are not our own children have ended.
func awaitGone(pids []int) error {
	ticker, deadline := time.NewTicker(time.Millisecond), time.After(stopWithin)
	defer ticker.Stop()
	for _, pid := range pids {
		for alive(pid) {
			select {
			case <-ticker.C:
			case <-deadline:
				return fmt.Errorf("process %d has not ended within %s", pid, stopWithin)
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
