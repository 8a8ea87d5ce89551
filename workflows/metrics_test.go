package workflows_test

import (
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/dispute"
)

// counts are the counters of the process, by their name and the values of their tags.
type counts struct {
	client.MetricsHandler
	labels string
	shared *countsShared
}

type countsShared struct {
	mu  sync.Mutex
	all map[string]int64
}

func newCounts() counts {
	return counts{client.MetricsNopHandler, "", &countsShared{all: map[string]int64{}}}
}

func (c counts) WithTags(tags map[string]string) client.MetricsHandler {
	for _, name := range []string{"cause", "outcome", "reason"} {
		if value := tags[name]; value != "" {
			c.labels += " " + value
		}
	}
	return c
}

func (c counts) Counter(name string) client.MetricsCounter {
	return counter{c.shared, name + c.labels}
}

type counter struct {
	*countsShared
	name string
}

func (c counter) Inc(by int64) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.all[c.name] += by
}

// ours returns the counters that are not the SDK's.
func (c counts) ours() map[string]int64 {
	c.shared.mu.Lock()
	defer c.shared.mu.Unlock()
	ours := maps.Clone(c.shared.all)
	maps.DeleteFunc(ours, func(name string, _ int64) bool { return len(name) < 11 || name[:11] != "streitfall_" })
	return ours
}

// TestCounters: what the process counts.
func TestCounters(t *testing.T) {
	t.Parallel()
	stalled := func(f *fixture) {
		holdInput[activities.Opening](f)
		f.at(2*time.Hour, f.recorder.release)
	}
	for name, test := range map[string]struct {
		prepare func(*fixture)
		want    []string
	}{
		"a stalled pause": {stalled, []string{
			"streitfall_attention_raised stalled", "streitfall_disputes_closed LOST merchant_did_not_respond", "streitfall_disputes_opened",
		}},
		"an outage": {func(f *fixture) { f.outageOver(windowEnds, 2*time.Hour) }, []string{
			"streitfall_deadlines_moved_by_outage", "streitfall_disputes_closed LOST merchant_did_not_respond", "streitfall_disputes_opened",
		}},
		"a takeover": {func(f *fixture) {
			f.pausedBefore = &activities.Paused{InvoiceID: f.dispute.InvoiceID, Outstanding: 12990, Run: 2}
		}, []string{"streitfall_disputes_closed LOST merchant_did_not_respond", "streitfall_disputes_taken_over"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFixture(t)
			test.prepare(f)
			f.closes(dispute.ClosedMerchantSilent)
			counted := f.counts.ours()
			require.Equal(t, test.want, slices.Sorted(maps.Keys(counted)))
			for name, n := range counted {
				require.EqualValues(t, 1, n, name)
			}
		})
	}
}
