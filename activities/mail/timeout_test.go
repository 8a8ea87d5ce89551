package mail_test

import (
	"bufio"
	"io"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

// TestSilentServer: whichever answer a server never gives, the mail ends with a transient error by itself, and gives up its
// place among the mails that are handed over at the same time.
func TestSilentServer(t *testing.T) {
	t.Parallel()
	for phase, c := range map[string]struct {
		scheme  string
		answers []string
	}{
		"TLS":      {"smtps", nil},
		"Greeting": {"smtp", nil},
		"EHLO":     {"smtp", []string{"220 here"}},
		"STARTTLS": {"smtp", []string{"220 here", "250-here\r\n250 STARTTLS"}},
		"TLSAfter": {"smtp", []string{"220 here", "250-here\r\n250 STARTTLS", "220 go ahead"}},
		"MAIL":     {"smtp", []string{"220 here", "250 here"}},
		"RCPT":     {"smtp", []string{"220 here", "250 here", "250 sender"}},
		"DATA":     {"smtp", []string{"220 here", "250 here", "250 sender", "250 recipient"}},
		"End":      {"smtp", []string{"220 here", "250 here", "250 sender", "250 recipient", "354 go ahead"}},
	} {
		t.Run(phase, func(t *testing.T) {
			t.Parallel()
			channel := dial(t, c.scheme+"://"+silentAfter(t, c.answers...))
			channel.SetTimeout(200 * time.Millisecond)
			var sends sync.WaitGroup
			for i := range mail.MaxConcurrent + 1 {
				sends.Go(func() {
					start := time.Now()
					_, err := channel.Send(t.Context(), numbered(t, i))
					require.Error(t, err)
					require.Empty(t, dispute.CodeOf(err))
					require.Less(t, time.Since(start), 30*time.Second)
				})
			}
			sends.Wait()
		})
	}
}

// silentAfter starts a server that gives these answers on each connection, and then none.
func silentAfter(t *testing.T, answers ...string) (address string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		for {
			wire, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = wire.Close() }()
				in := bufio.NewReader(wire)
				for _, answer := range answers {
					_, _ = io.WriteString(wire, answer+"\r\n")
					_, _ = in.ReadString('\n')
				}
				_, _ = io.Copy(io.Discard, in)
			}()
		}
	}()
	return listener.Addr().String()
}
