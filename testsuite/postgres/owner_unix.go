//go:build unix && !linux

package postgres

import (
	"errors"
	"os"
	"os/exec"
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

func (owner) apply(*exec.Cmd) {}
