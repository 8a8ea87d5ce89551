// Package doctor examines an installation and says what is wrong before a dispute does. It reads the configuration as the
// worker does and tries what the worker needs: Temporal, the ledger, the mail server, the keys, the codec, the
// receiver of events, a merchant's webhook. It changes nothing and sends nothing, unless it is asked to.
package doctor

import (
	"context"
	"fmt"
	"time"

	"go.temporal.io/sdk/client"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/worker/assembly"
)

// Result is how a check has ended.
type Result string

// The results.
const (
	OK Result = "ok"
	// Warning means that it works, but perhaps not as meant.
	Warning Result = "warning"
	// Wrong means that disputes will stop, or that somebody will not be told.
	Wrong Result = "wrong"
	// Skipped means that it was not examined, because it is not configured or depends on something that is wrong.
	Skipped Result = "skipped"
)

// Finding is what a check has found.
type Finding struct {
	Check  Name   `json:"check"`
	Result Result `json:"result"`
	// Detail says what was found, without passwords and keys.
	Detail string `json:"detail"`
	// Help says what helps; empty where nothing has to be done.
	Help string `json:"help,omitzero"`
}

// Options say what is examined.
type Options struct {
	// Getenv reads the configuration.
	Getenv func(string) string
	// Now is the clock of this machine.
	Now func() time.Time
	// MerchantID is the merchant whose webhook is tested; empty tests none.
	MerchantID string
	// Events is true if the receiver of events is tested.
	Events bool
	// SendTo is the address to which a test mail is sent; empty sends none.
	SendTo string
	// CodecURL is the address of the codec server; empty is CODEC_ADDR on this machine.
	CodecURL string
}

// checkTimeout bounds the examination of one system. Only one that hangs takes that long.
const checkTimeout = 15 * time.Second

// examination is the state of one Examine.
type examination struct {
	Options
	report func(Finding)
	config assembly.Config

	// temporal is nil where Temporal cannot be reached, namespace empty where the namespace cannot be read.
	temporal  client.Client
	options   client.Options
	namespace ledger.Namespace
	// lag is by how much this machine's clock is behind Temporal's.
	lag time.Duration
	// books is nil where the ledger cannot be read.
	books *ledger.Ledger
}

// Examine makes all checks, in the order of Checks, and reports each finding as soon as it is known. A check may have several
// findings.
func Examine(ctx context.Context, o Options, report func(Finding)) {
	e := &examination{Options: o, report: report}
	defer e.close()
	e.examineSettings()
	for _, examine := range []func(context.Context){
		e.examineTemporal, e.examineLedger, e.examineMail, e.examineKeys, e.examineCodec, e.examinePortal, e.examineEvents, e.examineWebhook,
	} {
		limited, cancel := context.WithTimeout(ctx, checkTimeout)
		examine(limited)
		cancel()
	}
}

// ExamineWebhook makes the checks of the webhook of Options.MerchantID alone.
func ExamineWebhook(ctx context.Context, o Options, report func(Finding)) {
	ctx, cancel := context.WithTimeout(ctx, checkTimeout)
	defer cancel()
	e := &examination{Options: o, report: report}
	defer e.close()
	e.config, _ = assembly.ConfigFromEnv(o.Getenv) // only two variables count here
	books, err := ledger.OpenExisting(ctx, e.config.LedgerURL)
	if err != nil {
		e.wrong(CheckLedger, err, ledgerHelp(e.config.LedgerURL))
	} else {
		e.books = books
	}
	e.examineWebhook(ctx)
}

func (e *examination) close() {
	if e.temporal != nil {
		e.temporal.Close()
	}
	if e.books != nil {
		_ = e.books.Close() // nothing was written
	}
}

func (e *examination) ok(check Name, format string, args ...any) {
	e.report(Finding{Check: check, Result: OK, Detail: fmt.Sprintf(format, args...)})
}

func (e *examination) wrong(check Name, err error, help string) {
	e.report(Finding{Check: check, Result: Wrong, Detail: err.Error(), Help: help})
}

func (e *examination) warn(check Name, detail, help string) {
	e.report(Finding{Check: check, Result: Warning, Detail: detail, Help: help})
}

// skip reports checks that were not made.
func (e *examination) skip(why string, checks ...Name) {
	for _, check := range checks {
		e.report(Finding{Check: check, Result: Skipped, Detail: why})
	}
}

// each calls do for every error of a joined one, down to the single ones.
func each(err error, do func(error)) {
	if joined, ok := err.(interface{ Unwrap() []error }); ok {
		for _, single := range joined.Unwrap() {
			each(single, do)
		}
		return
	}
	if err != nil {
		do(err)
	}
}
