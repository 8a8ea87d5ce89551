package process

import (
	"context"
	"errors"
	"fmt"
	"os/exec"
	"strings"
)

// Run runs a program to its end and returns what it printed on its standard output. It kills the program if ctx ends. An
// error contains the end of what the program printed on its standard error.
func Run(ctx context.Context, cmd *exec.Cmd) (string, error) {
	if ctx.Err() != nil {
		return "", context.Cause(ctx)
	}
	var output strings.Builder
	cmd.Stdout = &output
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
	return strings.TrimSpace(output.String()), nil
}
