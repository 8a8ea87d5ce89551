package portal

import (
	"encoding/csv"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/starter/portal/pages"
)

// exportPage is how many disputes an export reads at once, and all that it keeps in memory.
const exportPage = 1000

// errCut means that an export has ended before its last row. Half a list looks like a whole one, so the connection is aborted:
// browsers and programs then say that the download has failed.
var errCut = errors.New("the export was cut")

// csv writes the disputes of a tab or a search, for spreadsheets and programs, as it reads them. A session has one export at a
// time.
func (p *Portal) csv(q *request) error {
	session := p.sessions.Token(q.Context())
	if _, exports := p.exporting.LoadOrStore(session, true); exports {
		return errTooMany
	}
	defer p.exporting.Delete(session)
	in, v := pages.ListInput{Tab: tabOf(q), Search: searchOf(q)}, p.viewer(q)
	page, err := p.selected(q.Context(), q.who.Merchant, in, ledger.CaseKey{}, p.exportPage)
	if err != nil {
		return err
	}
	q.w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	q.w.Header().Set("Content-Disposition", `attachment; filename="disputes.csv"`)
	out := csv.NewWriter(q.w)
	_ = out.Write(pages.CSVColumns) // Flush has its error
	for {
		for _, c := range page {
			_ = out.Write(pages.CSVRow(v, c))
		}
		// A reader that is slow and reads has the time for each page.
		_ = http.NewResponseController(q.w).SetWriteDeadline(time.Now().Add(requestTimeout))
		out.Flush()
		if out.Error() != nil || len(page) < p.exportPage {
			return nil // a reader that has gone learns nothing
		}
		if page, err = p.selected(q.Context(), q.who.Merchant, in, place(in, page[len(page)-1]), p.exportPage); err != nil {
			return fmt.Errorf("%w: %w", errCut, err)
		}
	}
}
