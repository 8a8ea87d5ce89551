package main

import (
	"fmt"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/strict"
)

// wrongUsage has command lines that cannot be understood, each with what is said about it.
var wrongUsage = map[string]string{
	"":                                       "a subcommand is required",
	"ledger":                                 "a subcommand is required",
	"statsu":                                 "Did you mean this?\n\tstatus",
	"ledger burn":                            `unknown command "burn" for "starter ledger"`,
	"help statsu":                            `unknown command "statsu" for "starter"`,
	"help ledger burn":                       `unknown command "burn" for "starter ledger"`,
	"status":                                 "the ID of a dispute is missing",
	"status a b":                             "one argument is allowed, the ID of a dispute, not 2: ",
	"status a --yaml":                        "unknown flag: --yaml",
	"inbox":                                  "the ID of a merchant is missing",
	"open":                                   "open takes one FILE, or - for the standard input, or --example alone",
	"open a b":                               "open takes one FILE",
	"open --example a":                       "--example alone",
	"open a --timeout soon":                  `invalid argument "soon" for "--timeout" flag`,
	"ledger import":                          "import takes one FILE, or - for the standard input, or --example alone",
	"ledger import - -":                      "import takes one FILE",
	"ledger show":                            "the ID of an invoice is missing",
	"ledger check now":                       `unknown command "now" for "starter ledger check"`,
	"merchant":                               "a subcommand is required",
	"merchant show":                          "the ID of a merchant is missing",
	"merchant set m":                         "set takes at least one of --portal, --email-on-dispute, --email-on-deadlines, --email, --locale, --webhook and --new-secret",
	"merchant set m --json":                  "set takes at least one of --portal",
	"merchant set --portal on":               "the ID of a merchant is missing",
	"merchant set m --portal maybe":          `invalid argument "maybe" for "--portal" flag: allowed are on and off`,
	"merchant set m --email-on-dispute true": `invalid argument "true" for "--email-on-dispute" flag: allowed are on and off`,
	"merchant set m --webhook=":              `invalid argument "" for "--webhook" flag: allowed are a URL and off`,
	"events --after -1":                      "--after and --limit must not be negative",
	"events now":                             `unknown command "now" for "starter events"`,
	"events resend":                          `required flag(s) "after" not set`,
	"mail":                                   "a subcommand is required",
	"mail preview":                           "the folder DIR is missing",
	"demo now":                               `unknown command "now" for "starter demo"`,
	"list all":                               `unknown command "all" for "starter list"`,
	"list --state LOST":                      `--state "LOST" is unknown; allowed are OPENED, PRE_ARBITRATION`,
	"list --waiting-for rain":                `--waiting-for "rain" is unknown; allowed are pause, notification`,
	"report":                                 `required flag(s) "from", "to" not set`,
	"report now":                             `unknown command "now" for "starter report"`,
	"report --from 2026-11-01 --to 2026-10-31":              "--from 2026-11-01 is after --to 2026-10-31; both days are part of the report",
	"report --from 1.11.2026 --to 2026-11-30":               `invalid argument "1.11.2026" for "--from" flag: write a day such as 2026-11-30, from 1970-01-01 to 9998-12-31`,
	"report --from 2026-11-01 --to 2026-11-31":              `invalid argument "2026-11-31" for "--to" flag: write a day`,
	"report --from 2026-11-01 --to 2026-11-30 --zone Local": `invalid argument "Local" for "--zone" flag: write a time zone such as Europe/Berlin or UTC`,
	"report --from 2026-11-01 --to 2026-11-30 --csv --json": "--csv and --json exclude each other",
	"ledger postings --from 2026-11-01":                     `required flag(s) "to" not set`,
	"ledger postings --from 2026-11-01 --to 2026-10-31":     "--from 2026-11-01 is after --to 2026-10-31",
	"schema dispuet":                "there is no such schema; there are dispute, agreement, withdrawal",
	"schema case event":             "one argument is allowed, the name of a schema, not 2: case event",
	"deadline 21":                   `unknown command "21" for "starter deadline"`,
	"deadline --from 2026-11-23":    `invalid argument "2026-11-23" for "--from" flag`,
	"deadline --business-days many": `invalid argument "many" for "--business-days" flag`,
	"agree kd":                      `required flag(s) "reported-by", "terms" not set`,
	"agree kd --terms x --reported-by y --refund 30":   `invalid argument "30" for "--refund" flag: write it like "30.00 EUR"`,
	"agree kd --terms x --reported-by y --update-id 1": "unknown flag: --update-id",
	"propose kd": `required flag(s) "proposed-by", "terms" not set`,
	"propose kd --terms x --proposed-by y --refund 30": `invalid argument "30" for "--refund" flag: write it like "30.00 EUR"`,
	"accept kd":                          `required flag(s) "answered-by", "proposal" not set`,
	"accept kd --proposal x":             `invalid argument "x" for "--proposal" flag`,
	"decline kd":                         `required flag(s) "answered-by", "proposal" not set`,
	"write kd":                           `required flag(s) "message", "reported-by" not set`,
	"withdraw":                           "the ID of a dispute is missing",
	"respond kd":                         `required flag(s) "message" not set`,
	"respond kd --message m --timeout 3": `invalid argument "3" for "--timeout" flag`,
	"accept-loss":                        "the ID of a dispute is missing",
	"state-reason kd":                    `required flag(s) "statement" not set`,
	"submit-evidence":                    "the ID of a dispute is missing",
	"submit-evidence kd --file {":        "this is not the JSON of a file",
	`submit-evidence kd --file {"colour":"red"}`: `unknown field "colour"`,
	"rule kd":                   `required flag(s) "rationale", "ruled-by", "stage" not set`,
	"rule kd --justified false": "one argument is allowed, the ID of a dispute, not 2: ",
	"move-deadline kd":          `required flag(s) "moved-by", "reason", "to" not set`,
	"move-deadline kd --to now --reason r --moved-by m":  "write a date such as 2026-12-21, whose end is the deadline, or an instant",
	"retry-notification kd":                              `required flag(s) "requested-by" not set`,
	"acknowledge kd":                                     `required flag(s) "acknowledged-by", "cause" not set`,
	"acknowledge kd --cause x --acknowledged-by y extra": "one argument is allowed, the ID of a dispute, not 2: ",
}

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for line, want := range wrongUsage {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			got := starter(t).run(strings.Fields(line)...)
			require.Equal(t, exitUsage, got.code, got.out)
			require.Contains(t, got.err, want)
			require.Contains(t, got.err, "\nUsage: starter ")
			require.Regexp(t, `Run 'starter.* --help' for more\.\n$`, got.err)
		})
	}
}

// TestWrongUsageNamesItsCommand: the error is followed by the way to the right help.
func TestWrongUsageNamesItsCommand(t *testing.T) {
	t.Parallel()
	got := starter(t).run("ledger", "show")
	require.Equal(t, "the ID of an invoice is missing\nUsage: starter ledger show INVOICE [flags]\n"+
		"Run 'starter ledger show --help' for more.\n", got.err)
	require.Empty(t, got.out)
}

// TestHelp: every command has a help that fits a terminal, and messages say when they are accepted.
func TestHelp(t *testing.T) {
	t.Parallel()
	s := starter(t)
	seen := 0
	var visit func(cmd *cobra.Command)
	visit = func(cmd *cobra.Command) {
		seen++
		path := strings.Fields(cmd.CommandPath())[1:]
		help := s.does(append(path, "--help")...)
		require.Equal(t, help, s.does(append([]string{"help"}, path...)...))
		for line := range strings.Lines(help) {
			require.LessOrEqual(t, utf8.RuneCountInString(strings.TrimSpace(line)), 110, line)
		}
		for _, below := range cmd.Commands() {
			visit(below)
		}
	}
	root := (&app{}).root()
	visit(root)
	require.Equal(t, 50, seen)
	require.Contains(t, s.does("respond", "--help"), "Accepted while the dispute waits for agreement.\n")
	require.Contains(t, s.does("rule", "--help"), "Accepted while the dispute waits for justification, decision.\n")
	require.Contains(t, s.does("withdraw", "--help"), `says "accepted", or "ignored" and why`)
	require.Contains(t, s.does("deadline", "--help"), "(default now)")
}

// TestExamples: what --example prints is valid, in the names of the contract, and fits together.
func TestExamples(t *testing.T) {
	t.Parallel()
	s := starter(t)
	opened := s.does("open", "--example")
	d, err := dispute.DecodeDispute([]byte(opened), strict.RefuseUnknownNames, time.Now())
	require.NoError(t, err)
	for _, name := range []string{
		"id", "openedAt", "reason", "orderId", "invoiceId", "disputedAmount", "amount", "currency",
		"complainant", "name", "email", "locale", "merchantId", "calendar", "policy", "responseBusinessDays",
	} {
		require.Contains(t, opened, fmt.Sprintf("%q: ", name))
	}
	in, err := dispute.DecodeImport([]byte(s.does("ledger", "import", "--example")))
	require.NoError(t, err)
	require.Equal(t, d.MerchantID, in.Merchants[0].ID)
	require.Equal(t, dispute.Invoice{
		ID: d.InvoiceID, OrderID: d.OrderID, MerchantID: d.MerchantID, CustomerID: d.Complainant.ID,
		Amount: d.DisputedAmount, DueDate: in.Invoices[0].DueDate,
	}, in.Invoices[0])
	require.Regexp(t, `@[a-z.]+\.example$`, d.Complainant.Email, "nobody real is ever reached by an example")
}

func TestExcerpt(t *testing.T) {
	t.Parallel()
	require.Len(t, []rune(excerpt(strings.Repeat("ä", 5000))), 301)
	require.Equal(t, "kurz", excerpt("kurz"))
}
