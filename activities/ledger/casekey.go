package ledger

import (
	"errors"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// String writes the place for ParseCaseKey: "2026-12-21T23:00:00Z,kd-2026-0001".
func (k CaseKey) String() string {
	if k.Deadline.IsZero() {
		return "," + k.DisputeID
	}
	return k.Deadline.UTC().Format(time.RFC3339Nano) + "," + k.DisputeID
}

// ParseCaseKey reads a place of a list.
func ParseCaseKey(text string) (key CaseKey, err error) {
	deadline, id, found := strings.Cut(text, ",")
	if found && deadline != "" {
		key.Deadline, err = time.Parse(time.RFC3339Nano, deadline)
	}
	if !found || !dispute.IsID(id) || err != nil {
		return CaseKey{}, errors.New("write it as the list has it, such as 2026-12-21T23:00:00Z,kd-2026-0001")
	}
	key.DisputeID = id
	return key, nil
}
