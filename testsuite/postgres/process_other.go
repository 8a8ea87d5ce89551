//go:build !unix

package postgres

import "os/exec"

// owner is the user that a server runs as: the one that we are.
type owner struct{}

func findOwner() (owner, error) { return owner{}, nil }

func (owner) own(string) error { return nil }

func isolate(*exec.Cmd, owner) {}

func (p *process) kill() error { return p.cmd.Process.Kill() }
