package ledger

import (
	"database/sql/driver"
	"fmt"
	"time"
)

// instantLayout has a fixed width, so that text in this form sorts by time.
const instantLayout = "2006-01-02T15:04:05.000000Z"

// instant is how the database keeps a time: RFC 3339 text in UTC to the microsecond, which SQLite keeps
// as it is and PostgreSQL takes for a timestamptz. The zero time is null.
type instant time.Time

// precise is a time in the precision that the database keeps.
func precise(at time.Time) time.Time {
	return at.UTC().Truncate(time.Microsecond)
}

// Value writes the text.
func (i instant) Value() (driver.Value, error) {
	if time.Time(i).IsZero() {
		return nil, nil
	}
	return time.Time(i).UTC().Format(instantLayout), nil
}

// Scan reads the text, or the time that a database with a type of its own gives.
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
		return fmt.Errorf("a time cannot be read from %T", value)
	}
	return nil
}
