package devserver

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

func TestProgress(t *testing.T) {
	t.Parallel()
	const first = "Building a Temporal server from its sources, which takes two to five minutes the first time.\n"
	for name, test := range map[string]struct {
		takes   time.Duration
		success bool
		want    string
	}{
		"a look into the cache": {takes: time.Second, success: true, want: ""},
		"a build": {takes: 29 * time.Second, success: true, want: first +
			"Still building, 13s so far.\nStill building, 23s so far.\nThe Temporal server is built, after 29s.\n"},
		"a failure": {takes: 5 * time.Second, success: false, want: first},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			synctest.Test(t, func(t *testing.T) {
				var text strings.Builder
				done := reportProgress(&text)
				<-time.After(test.takes)
				done(test.success)
				require.Equal(t, test.want, text.String())
			})
		})
	}
}
