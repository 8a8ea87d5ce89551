package strict

import (
	"errors"
	"regexp"
	"strings"
	"time"
)

// TimePattern is the grammar of RFC 3339, without leap seconds. time.Parse accepts more: commas, hours of one digit, offsets of
// any size.
const TimePattern = `^\d{4}-\d\d-\d\d[Tt]([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d+)?([Zz]|[+-]([01]\d|2[0-3]):[0-5]\d)$`

var timePattern = regexp.MustCompile(TimePattern)

// parseTime parses a time in RFC 3339 format; t and z may be in lower case. A leap second is an error, because
// time.Time has none. The result has a fixed offset: unlike time.Parse, parseTime ignores the zone of the machine.
func parseTime(text string) (time.Time, error) {
	text = strings.ToUpper(text)
	if !timePattern.MatchString(text) {
		return time.Time{}, errors.New("not in RFC 3339 format")
	}
	return time.ParseInLocation(time.RFC3339, text, time.UTC)
}
