package outbox_test

import (
	"encoding/json"
	"io"
	"log"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"sync"
	"testing"
	"time"

	standardwebhooks "github.com/standard-webhooks/standard-webhooks/libraries/go"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/activities/outbox"
	"github.com/streitfall/streitfall/activities/portal"
	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/events"
	"github.com/streitfall/streitfall/dispute/link"
)

const secret = dispute.Secret("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSwMfKQ9r8GKYo=")

var loopback = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}

// receiver is the endpoint of a provider. It verifies each event, and takes it unless answer has answered otherwise.
type receiver struct {
	*httptest.Server
	answer func(w http.ResponseWriter, r *http.Request, event events.Event) (taken bool)

	mutex sync.Mutex
	got   []events.Event // each time it arrives
	taken []events.Event
}

func receive(t *testing.T, answer func(http.ResponseWriter, *http.Request, events.Event) bool) *receiver {
	t.Helper()
	r := &receiver{answer: answer}
	r.Server = httptest.NewUnstartedServer(r)
	r.Config.ErrorLog = log.New(io.Discard, "", 0)
	r.Start()
	t.Cleanup(r.Close)
	return r
}

// ServeHTTP implements http.Handler.
func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	verifier, _ := standardwebhooks.NewWebhook(string(secret))
	var event events.Event
	if err != nil || verifier.Verify(body, request.Header) != nil || json.Unmarshal(body, &event) != nil || event.ID != request.Header.Get("Webhook-Id") {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	r.mutex.Lock()
	r.got = append(r.got, event)
	r.mutex.Unlock()
	if r.answer != nil && !r.answer(w, request, event) {
		return
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	r.taken = append(r.taken, event)
}

// requireAll waits until everything is delivered, and asserts that the first deliveries of each dispute and invoice were in
// order, that none is missing, and that what came again had the same id.
func (r *receiver) requireAll(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	require.Eventually(t, func() bool { return backlog(t, l) == 0 }, 30*time.Second, 10*time.Millisecond)
	r.mutex.Lock()
	defer r.mutex.Unlock()
	all, err := l.Events(t.Context(), 0, 1000)
	require.NoError(t, err)
	require.Equal(t, firstOf(all), firstOf(r.taken))
}

// firstOf lists the first appearance of each id, by dispute and invoice.
func firstOf(all []events.Event) map[[2]string][]string {
	first, seen := map[[2]string][]string{}, map[string]int64{}
	for _, event := range all {
		if seen[event.ID] == 0 {
			seen[event.ID] = event.Number
			about := [2]string{event.Data.DisputeID, event.Data.InvoiceID}
			first[about] = append(first[about], event.ID)
		}
	}
	return first
}

func backlog(t *testing.T, l *ledger.Ledger) int {
	t.Helper()
	backlog, err := l.EventBacklog(t.Context())
	require.NoError(t, err)
	return backlog.Undelivered
}

// fast makes a test take no longer than necessary.
var fast = outbox.Timing{
	Poll: 5 * time.Millisecond, Turn: 200 * time.Millisecond, Stop: time.Second, First: time.Millisecond, Longest: 20 * time.Millisecond,
}

// deliver delivers events to a URL until stop is called, or the test ends.
func deliver(t *testing.T, store outbox.Store, url string, networks []netip.Prefix, with dispute.Secret) (stop func()) {
	t.Helper()
	d := outbox.New(store, portal.New(nil, networks, link.Site{}), dispute.Webhook{URL: url, Secret: with}, func(outbox.Result) {}, slog.New(slog.DiscardHandler))
	d.SetTiming(fast)
	return run(t, d)
}
