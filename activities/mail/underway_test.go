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

// slow is a server that has the first mail, and answers to it when it is released.
type slow struct {
	*mailServer
	release chan struct{}
	calls   atomic.Int32
}

func serveSlowly(t *testing.T, reached func(), answer func(*smtp.Conn) error) *slow {
	t.Helper()
	s := &slow{mailServer: &mailServer{}, release: make(chan struct{})}
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

// TestASlowServerGetsAMailOnce: it takes longer to accept a mail than the first attempt waits, and the next one
// gets the answer to that, whether it comes before it asks or after. Then it is given.
func TestASlowServerGetsAMailOnce(t *testing.T) {
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
			require.Len(t, server.received(), 2, "what is asked for again goes out again")
			require.Equal(t, 1, server.connected())
		})
	}
}

// TestASlowServerRefuses: whoever waits for it is told, and when nobody does, the next attempt asks anew.
func TestASlowServerRefuses(t *testing.T) {
	t.Parallel()
	for _, awaited := range []bool{true, false} {
		ctx, giveUp := context.WithCancel(t.Context())
		server := serveSlowly(t, giveUp, noData(554, "no spam please"))
		channel := dial(t, "smtp://"+server.address)
		_, err := channel.Send(ctx, numbered(t, 1))
		require.ErrorIs(t, err, context.Canceled)
		if awaited {
			time.AfterFunc(20*time.Millisecond, func() { close(server.release) })
			_, err = channel.Send(t.Context(), numbered(t, 1))
			require.Equal(t, dispute.CodeMessageRefused, dispute.CodeOf(err), err)
			require.ErrorContains(t, err, "554 5.0.0 no spam please")
		} else {
			require.Equal(t, 1, channel.Underway())
			close(server.release)
			require.Eventually(t, func() bool { return channel.Underway() == 0 }, 10*time.Second, time.Millisecond)
		}
		require.Equal(t, int32(1), server.calls.Load())

		_, err = channel.Send(t.Context(), numbered(t, 1))
		require.NoError(t, err)
		requireOnce(t, server.mailServer, 1)
		require.Zero(t, channel.Underway())
	}
}

// TestOtherMailsPassASlowOne: it holds up nobody but itself.
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
