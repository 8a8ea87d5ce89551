package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// shared is the environment that the tests of this package share. Every test has a merchant and invoices of its own.
var shared struct {
	temporal  client.Client
	ledgerURL string
	mails     *mailbox.Mailbox
}

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = exitFailed
	}
	os.Exit(code)
}

// runTests runs the tests with TEMPORAL_ADDRESS set to the shared server, a worker in this process and a mail server.
func runTests(m *testing.M) (code int, err error) {
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	mails, err := mailbox.Open()
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, mails.Leave()) }()
	env, err := environment.Start(ctx, environment.Options{SMTPURL: mails.URL(), Progress: os.Stderr})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, env.Close()) }()
	if err := env.StartWorker(ctx, nil); err != nil {
		return 0, err
	}
	shared.temporal, shared.ledgerURL, shared.mails = env.Temporal, env.LedgerURL, mails
	if err := os.Setenv("TEMPORAL_ADDRESS", env.Address()); err != nil {
		return 0, err
	}
	return m.Run(), nil
}
