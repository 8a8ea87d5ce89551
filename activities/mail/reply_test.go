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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { _ = listener.Close() })
	go func() {
		wire, err := listener.Accept()
		if err != nil {
			return
		}
		defer func() { _ = wire.Close() }()
		in := bufio.NewReader(wire)
		for _, answer := range answers {
			_, _ = io.WriteString(wire, answer+"\r\n")
			_, _ = in.ReadString('\n')
		}
	}()
	_, err = dial(t, "smtp://"+listener.Addr().String()).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	return err
}
