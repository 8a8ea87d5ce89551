package mail_test

import (
	"bufio"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// TestMalformedReplies: an address in one is withheld.
func TestMalformedReplies(t *testing.T) {
	t.Parallel()
	for _, malformed := range []string{"ERR <post@example.net> is unknown", "ERR\tpost is unknown", "ERR \xfcpost\xfc post is unknown", "no"} {
		err := sendTo(t, "220 here", "250 here", "250 sender", malformed)
		require.ErrorContains(t, err, "hand over the recipient: ")
		require.NotContains(t, err.Error(), "@")
		require.NotContains(t, err.Error(), "post is")
		require.Empty(t, dispute.CodeOf(err))
	}
}

// sendTo sends a mail to a server that gives these answers, one after the other.
func sendTo(t *testing.T, answers ...string) error {
	t.Helper()
	address := serve(t, func(say func(string), hear func() string) {
		for _, answer := range answers {
			say(answer)
			hear()
		}
	})
	_, err := dial(t, "smtp://"+address).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	return err
}

// serve starts a server whose dialogue is a script, and returns its address. hear returns "" at the end of a connection.
func serve(t *testing.T, script func(say func(string), hear func() string)) string {
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
			in := bufio.NewReader(wire)
			script(func(line string) { _, _ = io.WriteString(wire, line+"\r\n") },
				func() string { line, _ := in.ReadString('\n'); return line })
			_ = wire.Close()
		}
	}()
	return listener.Addr().String()
}
