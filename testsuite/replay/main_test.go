package replay_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/streitfall/streitfall/starter/environment"
)

var (
	record      = flag.String("record", "", "the version for which histories are recorded; empty records none")
	emptied     = flag.Bool("emptied", false, "empty the tables of libraries and start no Temporal: for replaying only")
	workflowIDs = flag.String("workflows", "", "the workflow IDs to record from the server at TEMPORAL_ADDRESS, separated by commas")
)

// shared has the Temporal on which the paths are played.
var shared *environment.Environment

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	flag.Parse()
	if *emptied {
		emptyTables()
		return m.Run(), nil
	}
	// The paths wait for their periods, not for the CPU.
	if err := flag.Set("test.parallel", "16"); err != nil {
		return 0, err
	}
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	if shared, err = environment.Start(ctx, environment.Options{Progress: os.Stderr}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.Close()) }()
	return m.Run(), nil
}
