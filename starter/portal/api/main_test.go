package api_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing"

	"github.com/streitfall/streitfall/starter/environment"
	"github.com/streitfall/streitfall/testsuite/mailbox"
)

// shared is the environment that the tests of this package share. Every test has a merchant and invoices of its own.
var shared struct {
	*environment.Environment
	mails *mailbox.Mailbox
}

func TestMain(m *testing.M) {
	code, err := runTests(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	os.Exit(code)
}

func runTests(m *testing.M) (code int, err error) {
	ctx := context.Background() //nolint:forbidigo // TestMain has no testing.T
	if shared.mails, err = mailbox.Open(); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.mails.Leave()) }()
	if shared.Environment, err = environment.Start(ctx, environment.Options{SMTPURL: shared.mails.URL(), Progress: os.Stderr}); err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, shared.Close()) }()
	if err := shared.StartWorker(ctx, nil); err != nil {
		return 0, err
	}
	return m.Run(), nil
}
