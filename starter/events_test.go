package main

import (
	"bytes"
	"context"
	"encoding/json"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
)

// paid is a ledger of its own with payments on the example's invoice, and a shell that uses it.
func paid(t *testing.T, references ...string) (shell, *ledger.Ledger) {
	t.Helper()
	url := "sqlite:" + filepath.Join(t.TempDir(), "ledger.db")
	books, err := ledger.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, books.Close()) })
	_, err = books.Import(t.Context(), exampleImport(time.Now()))
	require.NoError(t, err)
	for _, reference := range references {
		pay(t, books, reference)
	}
	return shell{T: t, env: map[string]string{"LEDGER_URL": url}}, books
}

func pay(t *testing.T, books *ledger.Ledger, reference string) {
	t.Helper()
	_, err := books.Book(t.Context(), ledger.MovementPayment, dispute.Booking{
		InvoiceID: exampleImport(time.Now()).Invoices[0].ID, Reference: reference, Amount: dispute.Money{Amount: 1, Currency: "EUR"},
	})
	require.NoError(t, err)
}

// references reads the events of a command's output.
func references(t *testing.T, out string) (all []string) {
	t.Helper()
	for line := range strings.Lines(out) {
		var event ledger.ToldEvent
		require.NoError(t, json.Unmarshal([]byte(line), &event))
		all = append(all, event.Data.Booking.Reference)
	}
	return all
}

// TestEvents: what was delivered, what was not, and why.
func TestEvents(t *testing.T) {
	t.Parallel()
	s, books := paid(t, "p-1", "p-2", "p-3")
	require.Equal(t, []string{"p-1", "p-2", "p-3"}, references(t, s.does("events", "--json")))
	require.Equal(t, []string{"p-2"}, references(t, s.does("events", "--json", "--after", "1", "--limit", "1")))
	require.Equal(t, "No events found.\n", s.does("events", "--dispute", "kd-404"))
	require.Equal(t, "No events found.\n", s.does("events", "--after", "3"))
	s.fails([]string{"events", "--after", "4"}, "no event has this number: 4; the last one is 3", "set back")
	s.fails([]string{"events", "--after", "4", "--follow"}, "set back")

	taken, err := books.TakeEventTurn(t.Context(), "me", time.Minute)
	require.NoError(t, err)
	require.True(t, taken)
	for _, attempt := range []events.Attempt{{Number: 1, Delivered: true}, {Number: 2, Error: "the webhook answers 410 Gone"}} {
		require.NoError(t, books.RecordAttempts(t.Context(), "me", []events.Attempt{attempt}))
	}
	lines := strings.Split(s.does("events"), "\n")
	require.Regexp(t, `^NUMBER +AT +TYPE +DISPUTE, INVOICE +DELIVERY$`, lines[0])
	require.Regexp(t, `^1 +\S+ \S+Z +invoice\.payment_recorded +invoice-4711 +delivered \S+ \S+Z$`, lines[1])
	require.Regexp(t, `^2 .+ failed 1 times, next try \S+ \S+Z: the webhook answers 410 Gone$`, lines[2])
	require.Regexp(t, `^3 .+ waits for an earlier one$`, lines[3])
	require.Equal(t, []string{"p-2", "p-3"}, references(t, s.does("events", "--json", "--undelivered")))

	require.Equal(t, "3 events will be delivered again\n", s.does("events", "resend", "--after", "0"))
	require.Len(t, references(t, s.does("events", "--json", "--undelivered")), 3)
	require.Contains(t, s.does("events", "--undelivered"), " not delivered\n")
}

// written is an output that another goroutine reads.
type written struct {
	mutex sync.Mutex
	text  bytes.Buffer
}

// Write implements io.Writer.
func (w *written) Write(text []byte) (int, error) {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.text.Write(text)
}

func (w *written) String() string {
	w.mutex.Lock()
	defer w.mutex.Unlock()
	return w.text.String()
}

// TestFollowEvents: new events are printed as they come, until the command is interrupted.
func TestFollowEvents(t *testing.T) {
	t.Parallel()
	s, books := paid(t, "p-1", "p-2")
	ctx, cancel := context.WithCancel(t.Context())
	var out, errs written
	var following sync.WaitGroup
	code := -1
	following.Go(func() {
		code = run(ctx, []string{"events", "--after", "1", "--follow", "--json"}, streams{in: strings.NewReader(""), out: &out, err: &errs}, s.getenv)
	})
	require.Eventually(t, func() bool { return strings.Count(out.String(), "\n") == 1 }, testTimeout, 5*time.Millisecond)
	pay(t, books, "p-3")
	require.Eventually(t, func() bool { return strings.Count(out.String(), "\n") == 2 }, testTimeout, 5*time.Millisecond)
	cancel()
	following.Wait()
	require.Equal(t, exitDone, code, errs.String())
	require.Equal(t, []string{"p-2", "p-3"}, references(t, out.String()))
}
