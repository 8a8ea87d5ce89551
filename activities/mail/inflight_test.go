package mail_test

import (
	"context"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

// slowServer answers to its first mail when release is closed.
type slowServer struct {
	*mailServer
	release chan struct{}
	calls   atomic.Int32
}

func serveSlowly(t *testing.T, reached func(), answer func(*smtp.Conn) error) *slowServer {
	t.Helper()
	s := &slowServer{mailServer: &mailServer{}, release: make(chan struct{})}
	s.onData = func(c *smtp.Conn) error {
		if s.calls.Add(1) > 1 {
			return nil
		}
		reached()
		<-s.release
		return answer(c)
	}
	s.serve(t, nil, false)
	return s
}

// TestSlowServerGetsAMailOnce: the server takes longer to accept a mail than the first attempt waits. The next attempt
// gets the answer to the first one, whether the answer comes before or after that attempt, and the one after it sends
// again.
func TestSlowServerGetsAMailOnce(t *testing.T) {
	t.Parallel()
	for name, wait := range map[string]func(*testing.T, *mail.SMTP, chan struct{}){
		"AnsweredBefore": func(t *testing.T, channel *mail.SMTP, release chan struct{}) {
			close(release)
			require.Eventually(t, func() bool { return channel.Kept() == 1 }, 10*time.Second, time.Millisecond)
		},
		"AnsweredAfter": func(_ *testing.T, _ *mail.SMTP, release chan struct{}) {
			time.AfterFunc(20*time.Millisecond, func() { close(release) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx, giveUp := context.WithCancel(t.Context())
			server := serveSlowly(t, giveUp, func(*smtp.Conn) error { return nil })
			channel := dial(t, "smtp://"+server.address)
			_, err := channel.Send(ctx, numbered(t, 1))
			require.ErrorIs(t, err, context.Canceled)
			require.ErrorContains(t, err, "wait until the server takes the message")
			require.Empty(t, dispute.CodeOf(err))

			wait(t, channel, server.release)
			answer, err := channel.Send(t.Context(), numbered(t, 1))
			require.NoError(t, err)
			require.Equal(t, "250 2.0.0 OK: queued", answer)
			requireOnce(t, server.mailServer, 1)

			_, err = channel.Send(t.Context(), numbered(t, 1))
			require.NoError(t, err)
			require.Len(t, server.received(), 2, "an answer is used once")
			require.Equal(t, 1, server.connected())
		})
	}
}

// TestServerFiltersSlowly: a server that has the whole mail may take far longer to accept it than for everything before (RFC 5321,
// section 4.5.3.2.6). The mail is not sent again meanwhile.
func TestServerFiltersSlowly(t *testing.T) {
	t.Parallel()
	const timeout = 300 * time.Millisecond
	server := &mailServer{onData: func(*smtp.Conn) error { <-time.After(2 * timeout); return nil }}
	server.serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	channel.SetTimeout(timeout)
	answer, err := channel.Send(t.Context(), numbered(t, 1))
	require.NoError(t, err)
	require.Equal(t, "250 2.0.0 OK: queued", answer)
	requireOnce(t, server, 1)
}

// TestSlowServerRefuses: an attempt that waits gets the refusal; if none waits, the next attempt sends again.
func TestSlowServerRefuses(t *testing.T) {
	t.Parallel()
	for _, awaited := range []bool{true, false} {
		ctx, giveUp := context.WithCancel(t.Context())
		server := serveSlowly(t, giveUp, noData(554, "no such mails please"))
		channel := dial(t, "smtp://"+server.address)
		_, err := channel.Send(ctx, numbered(t, 1))
		require.ErrorIs(t, err, context.Canceled)
		if awaited {
			time.AfterFunc(20*time.Millisecond, func() { close(server.release) })
			_, err = channel.Send(t.Context(), numbered(t, 1))
			require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), err)
			require.ErrorContains(t, err, "554 5.0.0 no such mails please")
		} else {
			require.Equal(t, 1, channel.InFlight())
			close(server.release)
			require.Eventually(t, func() bool { return channel.InFlight() == 0 }, 10*time.Second, time.Millisecond)
		}
		require.Equal(t, int32(1), server.calls.Load())

		_, err = channel.Send(t.Context(), numbered(t, 1))
		require.NoError(t, err)
		requireOnce(t, server.mailServer, 1)
		require.Zero(t, channel.InFlight())
	}
}

func TestOtherMailsPassASlowOne(t *testing.T) {
	t.Parallel()
	ctx, giveUp := context.WithCancel(t.Context())
	server := serveSlowly(t, giveUp, func(*smtp.Conn) error { return nil })
	channel := dial(t, "smtp://"+server.address)
	_, err := channel.Send(ctx, numbered(t, 1))
	require.ErrorIs(t, err, context.Canceled)
	_, err = channel.Send(t.Context(), numbered(t, 2))
	require.NoError(t, err)
	close(server.release)
	_, err = channel.Send(t.Context(), numbered(t, 1))
	require.NoError(t, err)
	requireOnce(t, server.mailServer, 2)
}
