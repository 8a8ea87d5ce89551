package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/starter/devserver"
	"github.com/streitfall/streitfall/worker/assembly"
)

// town is what the tests of this package share: Temporal, which the environment of the process names, the
// assembled worker with its ledger, and a mail server. Every test has a merchant and invoices of its own.
var town struct {
	temporal  client.Client
	ledgerURL string
}

func TestMain(m *testing.M) {
	code, err := runTown(m)
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = exitFailed
	}
	os.Exit(code)
}

func runTown(m *testing.M) (code int, err error) {
	ctx, leave := context.WithCancel(context.Background()) //nolint:forbidigo // TestMain has no testing.T
	defer leave()
	dir, err := os.MkdirTemp("", "streitfall-test-")
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	server, err := devserver.Start(ctx, devserver.Options{Progress: os.Stderr})
	if err != nil {
		return 0, err
	}
	defer func() { err = errors.Join(err, server.Stop()) }()
	if town.temporal, err = server.Dial(ctx); err != nil {
		return 0, err
	}
	defer town.temporal.Close()
	mails, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, err
	}
	defer mails.Close() //nolint:errcheck // nobody is left to deliver
	post := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return envelope{}, nil }))
	go post.Serve(mails) //nolint:errcheck // it ends with the listener
	town.ledgerURL = "sqlite:" + filepath.Join(dir, "ledger.db")
	worker, err := assembly.New(ctx, town.temporal, client.DefaultNamespace, assembly.Config{
		LedgerURL: town.ledgerURL, SMTPURL: "smtp://" + mails.Addr().String(), MailFrom: "streitfall@klarna.example",
		DeskEmail: "desk@klarna.example", Arbiter: assembly.ArbiterDesk,
	}, slog.New(slog.DiscardHandler))
	if err != nil {
		return 0, err
	}
	done := make(chan error, 1)
	go func() { done <- worker.Run(ctx) }()
	defer func() {
		leave()
		err = errors.Join(err, <-done)
	}()
	if err := os.Setenv("TEMPORAL_ADDRESS", server.Address()); err != nil {
		return 0, err
	}
	return m.Run(), nil
}

// envelope is a mail server's session. It takes everything, but refuses for good what goes to refused@…,
// and always puts off what goes to away@….
type envelope struct{}

func (envelope) Mail(string, *smtp.MailOptions) error { return nil }
func (envelope) Reset()                               {}
func (envelope) Logout() error                        { return nil }

func (envelope) Rcpt(to string, _ *smtp.RcptOptions) error {
	switch {
	case strings.HasPrefix(to, "refused@"):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: "no such mailbox"}
	case strings.HasPrefix(to, "away@"):
		return &smtp.SMTPError{Code: 451, Message: "try again later"}
	}
	return nil
}

func (envelope) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
