package report

import (
	"errors"
	"fmt"
	"time"

	"github.com/streitfall/streitfall/activities/ledger"
)

// Days are the days of a report, both included, in a time zone, and the merchant that it is about; "" for all.
type Days struct {
	From       Day    `json:"from"`
	To         Day    `json:"to"`
	Zone       string `json:"zone"`
	MerchantID string `json:"merchantId,omitzero"`
}

// Day is a day in the form 2026-11-30.
type Day string

// The years of a report.
const (
	firstYear = 1970
	lastYear  = 9998
)

// ParseDay reads a day.
func ParseDay(text string) (Day, error) {
	day, err := time.Parse(time.DateOnly, text)
	if err != nil || day.Year() < firstYear || day.Year() > lastYear {
		return "", fmt.Errorf("write a day such as 2026-11-30, from %d-01-01 to %d-12-31", firstYear, lastYear)
	}
	return Day(text), nil
}

// ParseZone reads the IANA name of a time zone.
func ParseZone(name string) (*time.Location, error) {
	if name != "" && name != "Local" { // which Go takes for UTC and for the zone of the machine
		if zone, err := time.LoadLocation(name); err == nil {
			return zone, nil
		}
	}
	return nil, errors.New("write a time zone such as Europe/Berlin or UTC")
}

// Check returns an error unless the first day is before or on the last one.
func (d Days) Check() error {
	if d.From > d.To {
		return fmt.Errorf("--from %s is after --to %s; both days are part of the report", d.From, d.To)
	}
	return nil
}

// Period returns the span from the beginning of the first day to the end of the last one.
func (d Days) Period() (ledger.Period, error) {
	zone, err := ParseZone(d.Zone)
	if err != nil {
		return ledger.Period{}, err
	}
	from, err := time.ParseInLocation(time.DateOnly, string(d.From), zone)
	if err != nil {
		return ledger.Period{}, err
	}
	to, err := time.ParseInLocation(time.DateOnly, string(d.To), zone)
	if err != nil {
		return ledger.Period{}, err
	}
	return ledger.Period{From: from, Until: time.Date(to.Year(), to.Month(), to.Day()+1, 0, 0, 0, 0, zone)}, nil
}

// String says which days, and whose: "2026-11-01 to 2026-11-30, days in Europe/Berlin, merchant nordlicht".
func (d Days) String() string {
	text := fmt.Sprintf("%s to %s, days in %s", d.From, d.To, d.Zone)
	if d.MerchantID == "" {
		return text + ", all merchants"
	}
	return text + ", merchant " + d.MerchantID
}
