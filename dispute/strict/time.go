package strict

import (
	"errors"
	"regexp"
	"strings"
	"time"
)

// timePattern is the grammar of RFC 3339. time.Parse accepts more: commas, hours of one digit, offsets of any size.
var timePattern = regexp.MustCompile(`^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)

// parseTime parses a time in RFC 3339 format; t and z may be in lower case. A leap second is an error, because
// time.Time has none. The result has a fixed offset: unlike time.Parse, parseTime ignores the zone of the machine.
func parseTime(text string) (time.Time, error) {
	text = strings.ToUpper(text)
	if !timePattern.MatchString(text) {
		return time.Time{}, errors.New("not in RFC 3339 format")
	}
	return time.ParseInLocation(time.RFC3339, text, time.UTC)
}
