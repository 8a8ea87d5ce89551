package outbox_test

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute/events"
)

// TestEventsAreDocumented: README.md has every type, and an event that is one of ours.
func TestEventsAreDocumented(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("README.md")
	require.NoError(t, err)
	for _, kind := range events.Types {
		require.Contains(t, string(text), "\n| `"+string(kind)+"` |")
	}
	_, after, _ := strings.Cut(string(text), "```json\n")
	example, _, _ := strings.Cut(after, "```")
	decoder := json.NewDecoder(strings.NewReader(example))
	decoder.DisallowUnknownFields()
	var event events.Event
	require.NoError(t, decoder.Decode(&event))
	encoded, err := json.Marshal(event)
	require.NoError(t, err)
	require.JSONEq(t, example, string(encoded))
	require.Contains(t, string(text), "Webhook-Id: "+event.ID+"\n")
	require.Equal(t, events.NewID(event.Type, event.Data.DisputeID, "", "", "0", ""), event.ID)
}
