package ledger

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// instantLayout has a fixed width, so that text in this form sorts by time.
const instantLayout = "2006-01-02T15:04:05.000000Z"

// instant is a time in the database: RFC 3339 text in UTC to the microsecond, which SQLite stores as text and PostgreSQL
// converts to a timestamptz. The zero time is null.
type instant time.Time

// precise truncates a time to the precision of the database.
func precise(at time.Time) time.Time {
	return at.UTC().Truncate(time.Microsecond)
}

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) {
	if time.Time(i).IsZero() {
		return nil, nil
	}
	return time.Time(i).UTC().Format(instantLayout), nil
}

// Scan implements sql.Scanner for text and time.Time.
func (i *instant) Scan(value any) error {
	switch value := value.(type) {
	case nil:
		*i = instant{}
	case string:
		at, err := time.Parse(time.RFC3339Nano, value)
		if err != nil {
			return err
		}
		*i = instant(at.UTC())
	case time.Time:
		*i = instant(value.UTC())
	default:
		return fmt.Errorf("cannot scan a time from %T", value)
	}
	return nil
}
