// Package eventtable prints events as the lines of a table, for the command line and the demo.
package eventtable

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute/events"
)

// The columns have fixed widths: the next event may come tomorrow.
const layout = "%-7v %-20s %-28s %-20s"

// Header returns the names of the columns.
func Header() string { return fmt.Sprintf(layout, "NUMBER", "AT", "TYPE", "DISPUTE, INVOICE") }

// Row returns the line of an event, to which a further column can be added.
func Row(event events.Event) string {
	return fmt.Sprintf(layout, event.Number, Time(event.At), event.Type, cmp.Or(event.Data.DisputeID, event.Data.InvoiceID))
}

// Time returns an instant as the table has it.
func Time(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05Z") }

// Table returns the lines of events below the names of the columns.
func Table(all []events.Event) string {
	lines := []string{strings.TrimRight(Header(), " ")}
	for _, event := range all {
		lines = append(lines, strings.TrimRight(Row(event), " "))
	}
	return strings.Join(lines, "\n")
}
