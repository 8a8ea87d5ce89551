package dispute_test

import (
	"os"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
)

func TestNoticeKeyString(t *testing.T) {
	t.Parallel()
	key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionReminder7, Number: 2, Recipient: dispute.PartyMerchant}
	require.Equal(t, "d-1/reminder-7/2/merchant", key.String())
}

func TestNoticeKeyName(t *testing.T) {
	t.Parallel()
	key := dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionReminder7, Number: 2, Recipient: dispute.PartyMerchant}
	require.Equal(t, "d-1-reminder-7-2-merchant_3531e79c8413779c", key.Name())
	other := key
	other.DisputeID = "d.1"
	require.Equal(t, key.Name()[:26], other.Name()[:26])
	require.NotEqual(t, key.Name(), other.Name(), "keys that look the same have different names")
	key.DisputeID = strings.Repeat("d:", 80)
	require.Regexp(t, `^[A-Za-z0-9-]{160}_[0-9a-f]{16}$`, key.Name())
}

// TestOccasions: every constant of the type is listed, once, and has recipients.
func TestOccasions(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("notice.go")
	require.NoError(t, err)
	var declared []dispute.Occasion
	for _, constant := range regexp.MustCompile(`(?m)^\tOccasion\w+ +Occasion = "(.+)"$`).FindAllSubmatch(source, -1) {
		declared = append(declared, dispute.Occasion(constant[1]))
	}
	require.Equal(t, declared, dispute.Occasions)
	for _, occasion := range dispute.Occasions {
		require.NotEmpty(t, occasion.Recipients(), occasion)
	}
	for occasion := range dispute.ReminderDays {
		require.Contains(t, dispute.Occasions, occasion)
	}
}

func aNotice(t *testing.T) dispute.Notice {
	t.Helper()
	return dispute.Notice{
		Key:      dispute.NoticeKey{DisputeID: "d-1", Occasion: dispute.OccasionDeadlineMoved, Number: 2, Recipient: dispute.PartyMerchant},
		Dispute:  decoded(t),
		Deadline: time.Date(2026, time.December, 22, 0, 0, 0, 0, time.FixedZone("", 3600)),
		Facts:    dispute.Facts{State: dispute.StatePreArbitration, CausedAt: now, Move: "illness"},
	}
}

// The ledger keeps hashes for as long as receipts, so the algorithm must not change.
func TestNoticeHashIsPinned(t *testing.T) {
	t.Parallel()
	require.Equal(t, "1-8cb888b8e6517cf1e82215d4a1403575d3ff327809bbd9ccbe92b9d0ad0e09a9", aNotice(t).Hash())
}

func TestNoticeHashIgnoresWhatMayChange(t *testing.T) {
	t.Parallel()
	moved, opening := aNotice(t), aNotice(t)
	opening.BusinessDays = 21
	for name, n := range map[string]dispute.Notice{"moves a deadline": moved, "opens a period": opening} {
		again := n
		again.Merchant = dispute.Merchant{ID: "m-4", Name: "Neu GmbH", Email: "neu@example.de", PortalActive: true}
		again.To = dispute.Recipient{Name: "Neu GmbH", Email: "corrected@example.de", Locale: "en-GB"}
		again.CausedAt = now.Add(time.Hour)
		again.Deadline = n.Deadline.UTC()
		require.Equal(t, n.Hash(), again.Hash(), name)
	}
	said := moved
	said.Message = "Where is it?"
	again := said
	again.State = dispute.StateArbitrationPending
	require.Equal(t, said.Hash(), again.Hash(), "a party's words are the same in every state")
	later := opening
	later.Deadline = opening.Deadline.AddDate(0, 0, 1)
	require.Equal(t, opening.Hash(), later.Hash(), "a period begins when its message is accepted")
}

func TestNoticeHashCoversEveryFact(t *testing.T) {
	t.Parallel()
	changes := map[string]func(*dispute.Notice){
		"none":           func(*dispute.Notice) {},
		"dispute":        func(n *dispute.Notice) { n.Dispute.Reason = dispute.ReasonReturn },
		"deadline":       func(n *dispute.Notice) { n.Deadline = n.Deadline.Add(time.Nanosecond) },
		"no deadline":    func(n *dispute.Notice) { n.Deadline = time.Time{} },
		"State":          func(n *dispute.Notice) { n.State = dispute.StateArbitrationPending },
		"BusinessDays":   func(n *dispute.Notice) { n.BusinessDays = 10 },
		"Move":           func(n *dispute.Notice) { n.Move = "holiday" },
		"Shortened":      func(n *dispute.Notice) { n.Shortened = true },
		"Stage":          func(n *dispute.Notice) { n.Stage = dispute.StageDecision },
		"Statement":      func(n *dispute.Notice) { n.Statement = "The box was empty" },
		"StatementFiles": func(n *dispute.Notice) { n.StatementFiles = []dispute.File{{Name: "box.jpg"}} },
		"Evidence":       func(n *dispute.Notice) { n.Evidence = []dispute.Evidence{{Text: "It was not"}} },
		"Message":        func(n *dispute.Notice) { n.Message = "Where is it?" },
		"Proposal":       func(n *dispute.Notice) { n.Proposal = &dispute.Proposal{Number: 1481} },
		"Decision":       func(n *dispute.Notice) { n.Decision.Reason = dispute.ClosedForCustomer },
		"Outstanding":    func(n *dispute.Notice) { n.Outstanding = 1 },
		"Credited":       func(n *dispute.Notice) { n.Credited = 1 },
		"Refunded":       func(n *dispute.Notice) { n.Refunded = 1 },
		"OwedBack":       func(n *dispute.Notice) { n.OwedBack = 1 },
		"NewDueDate":     func(n *dispute.Notice) { n.NewDueDate = "2027-01-11" },
	}
	seen := map[string]string{}
	for name, change := range changes {
		n := aNotice(t)
		change(&n)
		require.NotContains(t, seen, n.Hash(), "%s", name)
		seen[n.Hash()] = name
	}
	for _, fact := range reflect.VisibleFields(reflect.TypeFor[dispute.Facts]()) {
		if fact.Name != "CausedAt" {
			require.Contains(t, changes, fact.Name, "the hash must cover a new fact")
		}
	}
}
