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

// numbered is one of many notices.
func numbered(t *testing.T, number int) dispute.Notice {
	t.Helper()
	notice := sample(t, dispute.OccasionOpened, dispute.PartyMerchant, german)
	notice.Key.Number = number
	return notice
}

// requireOnce asserts that the mails of numbers 1 to n have arrived, each once.
func requireOnce(t *testing.T, server *mailServer, n int) {
	t.Helper()
	ids := map[string]bool{}
	for _, data := range server.received() {
		ids[parse(t, data).header.Get("Message-Id")] = true
	}
	require.Len(t, ids, n)
	require.Len(t, server.received(), n)
}

func TestConnectionsAreKept(t *testing.T) {
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

func TestAStaleConnectionCostsNoAttempt(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		idle time.Duration
		end  func(*mailServer)
	}{
		"HungUp":       {0, (*mailServer).hangUp},
		"TookItsLeave": {50 * time.Millisecond, func(*mailServer) {}}, // with 421
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

// TestASilentConnectionIsReplaced: a firewall on the way has forgotten it, and nobody says so.
func TestASilentConnectionIsReplaced(t *testing.T) {
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

// TestARefusalIsNoReasonToRedial: the server has answered, and it would say the same again.
func TestARefusalIsNoReasonToRedial(t *testing.T) {
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

// TestAMailThatMayHaveArrivedIsNotRepeated: whether to, is for the caller to decide.
func TestAMailThatMayHaveArrivedIsNotRepeated(t *testing.T) {
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

func TestFewConnectionsForManyMails(t *testing.T) {
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
				server.hangUp()
			}
		})
	}
	wait.Wait()
	close(failures)
	lost := 0
	for err := range failures { // only what was on its way when the server hung up
		require.Empty(t, dispute.CodeOf(err))
		lost++
	}
	require.Less(t, lost, mails/2)
	require.LessOrEqual(t, server.connected(), 2*mail.Lanes+lost)
}

func TestAMailWaitsForAFreeLaneUntilItsContextEnds(t *testing.T) {
	t.Parallel()
	var busy sync.WaitGroup
	busy.Add(mail.Lanes)
	server := (&mailServer{onMail: func(string) error { busy.Done(); <-t.Context().Done(); return nil }}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	occupied, free := context.WithCancel(t.Context())
	var wait sync.WaitGroup
	for i := range mail.Lanes {
		wait.Go(func() { _, _ = channel.Send(occupied, numbered(t, i)) })
	}
	busy.Wait()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	_, err := channel.Send(ctx, numbered(t, mail.Lanes))
	require.ErrorIs(t, err, context.DeadlineExceeded)
	require.ErrorContains(t, err, "wait for a connection")
	free()
	wait.Wait()
}

// TestEveryLaneIsGivenBack, whether the mail was taken or refused.
func TestEveryLaneIsGivenBack(t *testing.T) {
	t.Parallel()
	var recipients atomic.Int32
	server := (&mailServer{onRcpt: func(string) error {
		if recipients.Add(1) <= mail.Lanes {
			return no(550, "unknown")("")
		}
		return nil
	}}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	for i := range 3 * mail.Lanes {
		_, err := channel.Send(ctx, numbered(t, i))
		require.Equal(t, i < mail.Lanes, dispute.CodeOf(err) == dispute.CodeMessageRefused, err)
	}
	requireOnce(t, server, 2*mail.Lanes)
}

func TestAnUnusedConnectionIsHungUp(t *testing.T) {
	t.Parallel()
	server := (&mailServer{}).serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	channel.KeepFor(20 * time.Millisecond)
	for i := range 2 {
		_, err := channel.Send(t.Context(), numbered(t, i))
		require.NoError(t, err)
		<-server.ended
	}
	require.Equal(t, 2, server.connected())
}

// TestOneMailArrivesWhateverFails: what is repeated is recognisable by its Message-ID.
func TestOneMailArrivesWhateverFails(t *testing.T) {
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
			server.take(nil) // it has the mail, and we do not learn it
			return c.Conn().Close()
		case 2:
			return no(452, "disk full")("")
		}
		return nil
	}
	server.serve(t, nil, false)
	channel := dial(t, "smtp://"+server.address)
	said := []string{"451", "hand over the message", "452"}
	for _, trouble := range said {
		_, err := channel.Send(t.Context(), numbered(t, 1))
		require.ErrorContains(t, err, trouble)
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

// onSecond lets the first call pass and answers the second one.
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
	channel, err := mail.NewSMTP("smtp://"+server.address, mail.Sender{From: from})
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
