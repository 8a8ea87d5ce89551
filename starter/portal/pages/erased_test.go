package pages_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute/language"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// TestErasedDay: the day of an erasure is that of the dispute's zone, as all days are.
func TestErasedDay(t *testing.T) {
	t.Parallel()
	var page strings.Builder
	erased := pages.Erased{DisputeID: "d-1", At: time.Date(2026, 12, 1, 23, 30, 0, 0, time.UTC), Case: ledger.CaseSummary{DisputeID: "d-1", Calendar: "DE"}}
	require.NoError(t, pages.Render(&page, pages.Viewer{Language: language.English}, erased))
	require.Contains(t, page.String(), "2\u00a0December\u00a02026")
}
