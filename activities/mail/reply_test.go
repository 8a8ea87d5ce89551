package mail_test

import (
	"bufio"
	"io"
	"net"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

// A server may say what is no reply at all, and name somebody in it.
func TestWhatIsNoReplyTellsNobodysAddress(t *testing.T) {
	t.Parallel()
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
		for _, answer := range []string{"220 here", "250 here", "250 sender", "ERR <post@example.net> is unknown"} {
			_, _ = io.WriteString(wire, answer+"\r\n")
			_, _ = in.ReadString('\n')
		}
	}()
	_, err = dial(t, "smtp://"+listener.Addr().String()).Send(t.Context(), sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german))
	require.ErrorContains(t, err, "[address]")
	require.NotContains(t, err.Error(), "@")
	require.Empty(t, dispute.CodeOf(err))
}
