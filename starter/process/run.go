package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Run runs a program to its end and returns what it printed on standard output. When the context ends, the program
// is killed. An error has the end of what it printed besides.
func Run(ctx context.Context, cmd *exec.Cmd) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	var answer strings.Builder
	cmd.Stdout = &answer
	p, err := Start(cmd)
	if err != nil {
		return "", err
	}
	select {
	case <-p.exited:
		err = p.err
	case <-ctx.Done():
		err = errors.Join(context.Cause(ctx), p.Kill())
	}
	if err != nil {
		return "", fmt.Errorf("%w\n%s", err, p.Logs())
	}
	return strings.TrimSpace(answer.String()), nil
}
