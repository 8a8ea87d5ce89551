package main

import (
	"io"
	"os"
	"time"

	"github.com/schollz/progressbar/v3"
)

// newBar shows on a terminal how far a measurement is. It draws seldom, because what it draws is measured too.
func newBar(out io.Writer, ticks int) *progressbar.ProgressBar {
	return progressbar.NewOptions(ticks,
		progressbar.OptionSetWriter(out), progressbar.OptionSetVisibility(isTerminal(out)),
		progressbar.OptionShowCount(), progressbar.OptionThrottle(time.Second), progressbar.OptionClearOnFinish())
}

func isTerminal(out io.Writer) bool {
	file, ok := out.(*os.File)
	if !ok {
		return false
	}
	info, err := file.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}
