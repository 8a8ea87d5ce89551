package main

import (
	"testing"

	"github.com/google/pprof/profile"
	"github.com/stretchr/testify/require"
)

// sampleOf is a sample of functions, the innermost first.
func sampleOf(value int64, functions ...string) *profile.Sample {
	sample := &profile.Sample{Value: []int64{1, value}}
	for _, name := range functions {
		sample.Location = append(sample.Location, &profile.Location{Line: []profile.Line{{Function: &profile.Function{Name: name}}}})
	}
	return sample
}

// TestAttribute: time belongs to the innermost that is anybody's, and the rest to Go's runtime.
func TestAttribute(t *testing.T) {
	t.Parallel()
	const sdk, ours = "go.temporal.io/sdk/internal.poll", "github.com/streitfall/streitfall/workflows.Dispute"
	shares := cpuShares{}
	shares.attribute(&profile.Profile{Sample: []*profile.Sample{
		sampleOf(10, "runtime.mallocgc", "modernc.org/sqlite/lib.step", "github.com/streitfall/streitfall/activities.Notify", sdk),
		sampleOf(20, "syscall.Write", "github.com/wneessen/go-mail/smtp.cmd", "github.com/streitfall/streitfall/activities/mail.Send", sdk),
		sampleOf(30, "encoding/json.Marshal", ours, sdk),
		sampleOf(15, "encoding/json.Marshal", sdk, ours),
		sampleOf(5, "runtime.gcBgMarkWorker"),
	}}, 8)
	require.Equal(t, cpuShares{shareLedger: 1, shareMail: 2, shareUs: 3, shareSDK: 1.5, shareGo: 0.5}, shares)
}
