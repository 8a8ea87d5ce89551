package mail_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/emersion/go-smtp"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/mail"
	"github.com/streitfall/streitfall/dispute"
)

// numbered returns a notice with its own number, and so its own Message-ID.
func numbered(t *testing.T, number int) dispute.Notice {
	t.Helper()
	notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
	notice.Key.Number = number
	return notice
}

// requireOnce asserts that n different mails have arrived, each once.
func requireOnce(t *testing.T, server *mailServer, n int) {
	t.Helper()
	ids := map[string]bool{}
	for _, data := range server.received() {
		ids[parse(t, data).header.Get("Message-Id")] = true
	}
	require.Len(t, ids, n)
	require.Len(t, server.received(), n)
}

func TestConnectionsAreReused(t *testing.T) {
	t.Parallel()
	for _, implicit := range []bool{false, true} {
		pair, leaf := certificate(t)
		server := (&mailServer{password: "secret"}).serve(t, pair, implicit)
		channel := dial(t, map[bool]string{false: "smtp", true: "smtps"}[implicit]+"://user:secret@"+server.address)
		channel.Trust(leaf)
		for i := range 5 {
			_, err := channel.Send(t.Context(), numbered(t, i))
			require.NoError(t, err)
		}
		requireOnce(t, server, 5)
		require.Equal(t, 1, server.connected())
		require.NoError(t, channel.Close())
		<-server.ended
		_, err := channel.Send(t.Context(), numbered(t, 5))
		require.NoError(t, err)
	}
}

func TestStaleConnection(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		idle time.Duration
		end  func(*mailServer)
	}{
		"Closed":        {0, (*mailServer).closeAll},
		"ClosedWith421": {50 * time.Millisecond, func(*mailServer) {}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := (&mailServer{idle: c.idle}).serve(t, nil, false)
			channel := dial(t, "smtp://"+server.address)
			for i := range 3 {
				answer, err := channel.Send(t.Context(), numbered(t, i))
				require.NoError(t, err)
				require.Equal(t, "250 2.0.0 OK: queued", answer)
				c.end(server)
				<-server.ended
			}
			requireOnce(t, server, 3)
			require.Equal(t, 3, server.connected())
		})
	}
}

// TestSilentConnectionIsReplaced: the server does not answer on the reused connection.
func TestSilentConnectionIsReplaced(t *testing.T) {
	t.Parallel()
	var mails atomic.Int32
	server := &mailServer{onMail: func(string) error {
		if mails.Add(1) == 2 {
			<-t.Context().Done()
		}
		return nil
	}}
	server.serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	for i := range 2 {
		_, err := channel.Send(t.Context(), numbered(t, i))
		require.NoError(t, err)
	}
	requireOnce(t, server, 2)
}

// TestRefusalDoesNotReconnect: the server has answered, so the connection is sound.
func TestRefusalDoesNotReconnect(t *testing.T) {
	t.Parallel()
	for name, broken := range map[string]*mailServer{
		"Sender":    {onMail: onSecond(no(451, "later"))},
		"Recipient": {onRcpt: onSecond(no(550, "unknown"))},
		"Message":   {onData: onSecond(noData(452, "full"))},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			server := broken.serve(t, nil, false)
			channel := dial(t, "smtp://"+server.address)
			_, err := channel.Send(t.Context(), numbered(t, 1))
			require.NoError(t, err)
			_, err = channel.Send(t.Context(), numbered(t, 2))
			require.Error(t, err)
			require.Equal(t, 1, server.connected())
			_, err = channel.Send(t.Context(), numbered(t, 2))
			require.NoError(t, err)
			requireOnce(t, server, 2)
		})
	}
}

// TestMailThatMayHaveArrivedIsNotRepeated: the caller decides whether to send it again.
func TestMailThatMayHaveArrivedIsNotRepeated(t *testing.T) {
	t.Parallel()
	server := &mailServer{}
	server.onData = onSecond(func(c *smtp.Conn) error { return errors.Join(c.Conn().Close(), errors.New("gone")) })
	server.serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	_, err := channel.Send(t.Context(), numbered(t, 1))
	require.NoError(t, err)
	_, err = channel.Send(t.Context(), numbered(t, 2))
	require.ErrorContains(t, err, "hand over the message")
	require.Equal(t, 1, server.connected())
}

func TestManyMailsOnFewConnections(t *testing.T) {
	t.Parallel()
	server := (&mailServer{}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	const mails = 200
	var wait sync.WaitGroup
	failures := make(chan error, mails)
	for i := range mails {
		wait.Go(func() {
			if _, err := channel.Send(t.Context(), numbered(t, i)); err != nil {
				failures <- err
			}
			if i == mails/2 {
				server.closeAll()
			}
		})
	}
	wait.Wait()
	close(failures)
	lost := 0
	for err := range failures { // mails in flight when the server closed its connections
		require.Empty(t, dispute.CodeOf(err))
		lost++
	}
	require.Less(t, lost, mails/2)
	require.LessOrEqual(t, server.connected(), 2*mail.MaxConcurrent+lost)
}

func TestMailWaitsForAFreeSlotUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	var busy sync.WaitGroup
	busy.Add(mail.MaxConcurrent)
	server := (&mailServer{onMail: func(string) error { busy.Done(); <-t.Context().Done(); return nil }}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	occupied, free := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for i := range mail.MaxConcurrent {
		wait.Go(func() { _, _ = channel.Send(occupied, numbered(t, i)) })
	}
	busy.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := channel.Send(ctx, numbered(t, mail.MaxConcurrent))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "wait for a connection")
	free()
	wait.Wait()
}

// TestSlotsAreReleased, whether the mail was taken or refused.
func TestSlotsAreReleased(t *testing.T) {
	t.Parallel()
	var recipients atomic.Int32
	server := (&mailServer{onRcpt: func(string) error {
		if recipients.Add(1) <= mail.MaxConcurrent {
			return no(550, "unknown")("")
		}
		return nil
	}}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for i := range 3 * mail.MaxConcurrent {
		_, err := channel.Send(ctx, numbered(t, i))
		require.Equal(t, i < mail.MaxConcurrent, dispute.CodeOf(err) == dispute.CodeMessageRefused, err)
	}
	requireOnce(t, server, 2*mail.MaxConcurrent)
}

func TestIdleConnectionIsClosed(t *testing.T) {
	t.Parallel()
	server := (&mailServer{}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	channel.SetIdleTimeout(20 * time.Millisecond)
	for i := range 2 {
		_, err := channel.Send(t.Context(), numbered(t, i))
		require.NoError(t, err)
		<-server.ended
	}
	require.Equal(t, 2, server.connected())
}

// TestRetriesHaveTheSameMessageID, whichever step failed.
func TestRetriesHaveTheSameMessageID(t *testing.T) {
	t.Parallel()
	var recipients, messages atomic.Int32
	server := &mailServer{}
	server.onRcpt = func(string) error {
		if recipients.Add(1) == 1 {
			return no(451, "greylisted")("")
		}
		return nil
	}
	server.onData = func(c *smtp.Conn) error {
		switch messages.Add(1) {
		case 1:
			server.take(nil) // the server has the mail, and its answer is lost
			return c.Conn().Close()
		case 2:
			return no(452, "disk full")("")
		}
		return nil
	}
	server.serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	for _, failure := range []string{"451", "hand over the message", "452"} {
		_, err := channel.Send(t.Context(), numbered(t, 1))
		require.ErrorContains(t, err, failure)
		require.Empty(t, dispute.CodeOf(err))
	}
	for range 2 {
		_, err := channel.Send(t.Context(), numbered(t, 1))
		require.NoError(t, err)
	}
	ids := map[string]bool{}
	for _, data := range server.received() {
		if data != nil {
			ids[parse(t, data).header.Get("Message-Id")] = true
		}
	}
	require.Len(t, ids, 1)
}

// onSecond accepts all calls but the second, which it answers.
func onSecond[T any](answer func(T) error) func(T) error {
	var calls atomic.Int32
	return func(in T) error {
		if calls.Add(1) == 2 {
			return answer(in)
		}
		return nil
	}
}

func BenchmarkSend(b *testing.B) {
	server := (&mailServer{}).serve(b, nil, false)
	channel, err := mail.NewSMTP("smtp://"+server.address, "", mail.Sender{From: from})
	require.NoError(b, err)
	notice := mail.SampleNotice(dispute.OccasionOpened, dispute.PartyMerchant, german)
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			if _, err := channel.Send(b.Context(), notice); err != nil {
				b.Error(fmt.Errorf("send: %w", err))
			}
		}
	})
}
