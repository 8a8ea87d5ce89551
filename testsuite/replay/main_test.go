package replay_test

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"testing"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/workflows"
)

var (
	record      = flag.String("record", "", "the version under which histories are recorded; empty records none")
	workflowIDs = flag.String("workflows", "", "the workflow ids to record from the server at TEMPORAL_ADDRESS, with commas")
)

// server is the Temporal on which the paths are played.
var server client.Client

func TestMain(m *testing.M) {
	code, err := run(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func run(m *testing.M) (code int, err error) {
	flag.Parse()
	// The paths wait for each other's periods, not for the machine.
	if err := flag.Set("test.parallel", "16"); err != nil {
		return 0, err
	}
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	temporal, err := devserver.Start(ctx, devserver.Options{SearchAttributes: workflows.SearchAttributes, Progress: os.Stderr})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, temporal.Stop()) }()
	if server, err = client.DialContext(ctx, client.Options{HostPort: temporal.Address(), Logger: silent, Identity: recorder}); err != nil {
		return 0, err
	}
	defer server.Close()
	return m.Run(), nil
}
