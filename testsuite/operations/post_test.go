package operations_test

import (
	"io"
	"net"
	"strings"
	"testing"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"
)

// newPost starts a mail server and returns its address. It takes everything, but refuses for good what goes to
// refused.…, puts off what goes to away.…, and like many a server repeats in its words whom it is about.
func newPost(t *testing.T) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	server := smtp.NewServer(smtp.BackendFunc(func(*smtp.Conn) (smtp.Session, error) { return envelope{}, nil }))
	go server.Serve(listener) //nolint:errcheck // it ends with the test
	t.Cleanup(func() { require.NoError(t, server.Close()) })
	return listener.Addr().String()
}

// envelope is a session of the mail server.
type envelope struct{}

func (envelope) Mail(string, *smtp.MailOptions) error { return nil }
func (envelope) Reset()                               {}
func (envelope) Logout() error                        { return nil }

func (envelope) Rcpt(to string, _ *smtp.RcptOptions) error {
	local, _, _ := strings.Cut(to, "@")
	words := "there is no " + local + ": <" + to + ">"
	switch {
	case strings.HasPrefix(to, "refused."):
		return &smtp.SMTPError{Code: 550, EnhancedCode: smtp.EnhancedCode{5, 1, 1}, Message: words}
	case strings.HasPrefix(to, "away."):
		return &smtp.SMTPError{Code: 451, EnhancedCode: smtp.EnhancedCode{4, 2, 0}, Message: words}
	}
	return nil
}

func (envelope) Data(r io.Reader) error {
	_, err := io.Copy(io.Discard, r)
	return err
}
