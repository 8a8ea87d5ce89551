package assembly

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"strings"

	"github.com/streitfall/streitfall/dispute/plain"
	"github.com/streitfall/streitfall/workflows"
)

// The formats of a log.
const (
	// LogJSON writes a line of JSON per event, for programs that collect them.
	LogJSON = "json"
	// LogText writes key=value, for people.
	LogText = "text"
)

// Log is the configuration of a log.
type Log struct {
	// Level is the lowest level that is logged.
	Level slog.Level
	// Format is LogJSON or LogText.
	Format string
}

// LogFromEnv reads LOG_LEVEL and LOG_FORMAT and returns every fault at once.
func LogFromEnv(getenv func(string) string) (Log, error) {
	l := Log{Format: cmp.Or(getenv("LOG_FORMAT"), LogJSON)}
	var faults []error
	if level := getenv("LOG_LEVEL"); level != "" {
		if err := l.Level.UnmarshalText([]byte(level)); err != nil {
			faults = append(faults, fmt.Errorf("LOG_LEVEL is %.64q; allowed are debug, info, warn and error", strings.ToLower(level)))
		}
	}
	if l.Format != LogJSON && l.Format != LogText {
		faults = append(faults, fmt.Errorf("LOG_FORMAT is %.64q; allowed are %s and %s", l.Format, LogJSON, LogText))
	}
	return l, errors.Join(faults...)
}

// New returns a logger that writes to out. It logs the id of a dispute instead of its workflow id, and texts of others, such
// as a mail server's answers, without characters that would change what a screen shows.
func (l Log) New(out io.Writer) *slog.Logger {
	out = plain.Writer(out) // both handlers write each record as a whole
	options := &slog.HandlerOptions{Level: l.Level, ReplaceAttr: nameDispute}
	if l.Format == LogText {
		return slog.New(slog.NewTextHandler(out, options))
	}
	return slog.New(slog.NewJSONHandler(out, options))
}

// nameDispute replaces the SDK's attribute WorkflowID by the dispute's id.
func nameDispute(_ []string, a slog.Attr) slog.Attr {
	if id := a.Value.String(); a.Key == "WorkflowID" && id != workflows.DisputeID(id) {
		return slog.String("dispute", workflows.DisputeID(id))
	}
	return a
}
