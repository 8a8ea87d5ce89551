package workflows_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	commonpb "go.temporal.io/api/common/v1"
	"go.temporal.io/sdk/converter"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/workflows"
)

// FuzzPayloads sends any bytes in any encoding as start, signal and update: each update is answered, and the dispute
// closes. A panic would leave the workflow task retrying without end.
func FuzzPayloads(f *testing.F) {
	for _, data := range []string{
		"", "null", "{", `{"terms":"customer_pays","reportedBy":"customer"}`, `{"reportedBy":"merchant","message":"x"}`, `{"statement":"x"}`,
		`{"to":"2026-12-31T00:00:00Z","reason":"x","movedBy":"y"}`, `{"cause":"unreachable","acknowledgedBy":"x"}`, "\xff\x00",
	} {
		f.Add([]byte(data), converter.MetadataEncodingJSON)
	}
	f.Add([]byte("{}"), "binary/null")
	f.Add([]byte("{}"), "json/protobuf")
	f.Add([]byte("{}"), "no such encoding")
	f.Fuzz(func(t *testing.T, data []byte, encoding string) {
		value := converter.NewRawValue(&commonpb.Payload{
			Metadata: map[string][]byte{converter.MetadataEncoding: []byte(encoding)}, Data: data,
		})
		started := newFixture(t)
		started.input = value
		started.env.ExecuteWorkflow(workflows.WorkflowType, value)
		require.True(t, started.env.IsWorkflowCompleted())

		f := newFixture(t)
		var replies []*reply
		f.at(day, func() {
			f.signal(dispute.SignalAgreement, value)
			f.signal(dispute.SignalWithdrawal, value)
			for name := range messages() {
				replies = append(replies, f.send(name, value))
			}
			replies = append(replies, f.send(dispute.UpdateOpen, value))
		})
		f.at(2*day, f.env.CancelWorkflow)
		view := f.run()
		require.NotEmpty(t, view.ClosingReason)
		for _, reply := range replies {
			require.True(t, reply.answered || f.env.Now().Before(monday.Add(2*day)))
		}
	})
}
