//go:build !unix || solaris || aix

package devserver

import (
	"context"
	"os"
)

// lock does nothing where the standard library has no lock on files.
func lock(context.Context, *os.File) {}
