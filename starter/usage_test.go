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

func TestWrongUsage(t *testing.T) {
	t.Parallel()
	for line, want := range map[string]string{
		"":                                       "which command?",
		"ledger":                                 "which command?",
		"statsu":                                 "Did you mean this?\n\tstatus",
		"ledger burn":                            `unknown command "burn" for "starter ledger"`,
		"help statsu":                            `unknown command "statsu" for "starter"`,
		"help ledger burn":                       `unknown command "burn" for "starter ledger"`,
		"status":                                 "accepts 1 arg(s), received 0",
		"status a b":                             "accepts 1 arg(s), received 2",
		"status a --yaml":                        "unknown flag: --yaml",
		"inbox":                                  "accepts 1 arg(s), received 0",
		"open":                                   "open takes one FILE, or - for the standard input, or --example alone",
		"open a b":                               "open takes one FILE",
		"open --example a":                       "--example alone",
		"open a --timeout soon":                  `invalid argument "soon" for "--timeout" flag`,
		"ledger import":                          "import takes one FILE, or - for the standard input, or --example alone",
		"ledger import - -":                      "import takes one FILE",
		"ledger show":                            "accepts 1 arg(s), received 0",
		"ledger check now":                       `unknown command "now" for "starter ledger check"`,
		"merchant":                               "which command?",
		"merchant show":                          "accepts 1 arg(s), received 0",
		"merchant set m":                         "set takes at least one of --portal, --email-on-dispute, --email, --webhook and --new-secret",
		"merchant set m --json":                  "set takes at least one of --portal",
		"merchant set --portal on":               "accepts 1 arg(s), received 0",
		"merchant set m --portal maybe":          `invalid argument "maybe" for "--portal" flag: allowed are on and off`,
		"merchant set m --email-on-dispute true": `invalid argument "true" for "--email-on-dispute" flag: allowed are on and off`,
		"merchant set m --webhook=":              `invalid argument "" for "--webhook" flag: allowed are a URL and off`,
		"mail":                                   "which command?",
		"mail preview":                           "accepts 1 arg(s), received 0",
		"demo now":                               `unknown command "now" for "starter demo"`,
		"list all":                               `unknown command "all" for "starter list"`,
		"list --state LOST":                      `--state "LOST" is unknown; allowed are OPENED, PRE_ARBITRATION`,
		"list --waiting-for rain":                `--waiting-for "rain" is unknown; allowed are pause, notification`,
		"deadline 21":                            `unknown command "21" for "starter deadline"`,
		"deadline --from 2026-11-23":             `invalid argument "2026-11-23" for "--from" flag`,
		"deadline --business-days many":          `invalid argument "many" for "--business-days" flag`,
		"agree kd":                               `required flag(s) "reported-by", "terms" not set`,
		"agree kd --terms x --reported-by y --refund 30":   `invalid argument "30" for "--refund" flag: write it like "30.00 EUR"`,
		"agree kd --terms x --reported-by y --update-id 1": "unknown flag: --update-id",
		"withdraw":                           "accepts 1 arg(s), received 0",
		"respond kd":                         `required flag(s) "message" not set`,
		"respond kd --message m --timeout 3": `invalid argument "3" for "--timeout" flag`,
		"accept-loss":                        "accepts 1 arg(s), received 0",
		"state-reason kd":                    `required flag(s) "statement" not set`,
		"submit-evidence":                    "accepts 1 arg(s), received 0",
		"submit-evidence kd --file {":        "it is not the JSON of a file",
		`submit-evidence kd --file {"colour":"red"}`: `unknown field "colour"`,
		"rule kd":                   `required flag(s) "rationale", "ruled-by", "stage" not set`,
		"rule kd --justified false": "accepts 1 arg(s), received 2",
		"move-deadline kd":          `required flag(s) "moved-by", "reason", "to" not set`,
		"move-deadline kd --to now --reason r --moved-by m":  `invalid argument "now" for "--to" flag`,
		"retry-notification kd":                              `required flag(s) "requested-by" not set`,
		"acknowledge kd":                                     `required flag(s) "acknowledged-by", "cause" not set`,
		"acknowledge kd --cause x --acknowledged-by y extra": "accepts 1 arg(s), received 2",
	} {
		t.Run(line, func(t *testing.T) {
			t.Parallel()
			got := starter(t).run(strings.Fields(line)...)
			require.Equal(t, exitUsage, got.code, got.out)
			require.Contains(t, got.err, want)
			require.Contains(t, got.err, "\nUsage: starter ")
			require.Regexp(t, `Run 'starter.* --help' for what is possible\.\n$`, got.err)
		})
	}
}

// TestWrongUsageNamesItsCommand: the way to the right help stands under the fault.
func TestWrongUsageNamesItsCommand(t *testing.T) {
	t.Parallel()
	got := starter(t).run("ledger", "show")
	require.Equal(t, "accepts 1 arg(s), received 0\nUsage: starter ledger show INVOICE [flags]\n"+
		"Run 'starter ledger show --help' for what is possible.\n", got.err)
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
	require.Equal(t, 27, seen)
	require.Contains(t, s.does("respond", "--help"), "Accepted while the dispute waits for agreement.\n")
	require.Contains(t, s.does("rule", "--help"), "Accepted while the dispute waits for justification, decision.\n")
	require.Contains(t, s.does("withdraw", "--help"), `says "taken", or "ignored" and why`)
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

func TestParseMoney(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]dispute.Money{
		"30.00 EUR":                {Amount: 3000, Currency: "EUR"},
		"30 EUR":                   {Amount: 3000, Currency: "EUR"},
		"30.5 EUR":                 {Amount: 3050, Currency: "EUR"},
		" 0030.50   EUR ":          {Amount: 3050, Currency: "EUR"},
		"0.01 SEK":                 {Amount: 1, Currency: "SEK"},
		"0 EUR":                    {Amount: 0, Currency: "EUR"}, // the dispute refuses it
		"500 JPY":                  {Amount: 500, Currency: "JPY"},
		"500.00 JPY":               {Amount: 500, Currency: "JPY"},
		"1.234 KWD":                {Amount: 1234, Currency: "KWD"},
		"90071992547409.91 EUR":    {Amount: dispute.MaxAmount, Currency: "EUR"},
		"92233720368547758.07 EUR": {Amount: 1<<63 - 1, Currency: "EUR"}, // the dispute refuses it
	} {
		got, err := parseMoney(text)
		require.NoError(t, err, text)
		require.Equal(t, want, got, text)
	}
	for text, want := range map[string]string{
		"": "write it like", "30": "write it like", "EUR": "write it like", "EUR 30": "write it like", "30EUR": "write it like",
		"30 eur": "write it like", "30,00 EUR": "write it like", "1,000.00 EUR": "write it like", "-30 EUR": "write it like",
		"+30 EUR": "write it like", "1e3 EUR": "write it like", "NaN EUR": "write it like", "Infinity EUR": "write it like",
		"0x10 EUR": "write it like", ".5 EUR": "write it like", "5. EUR": "write it like", "30 EUR USD": "write it like",
		"30 XXY": "there is no currency XXY", "30.001 EUR": "more decimals than EUR", "0.5 JPY": "more decimals than JPY",
		"92233720368547758.08 EUR": "too large", strings.Repeat("9", 400) + " EUR": "too large",
	} {
		_, err := parseMoney(text)
		require.ErrorContains(t, err, want, text)
	}
}

func TestTextsFitTheirColumns(t *testing.T) {
	t.Parallel()
	require.Equal(t, []string{"one two", "three"}, wrap("one two three", 8))
	require.Equal(t, []string{"größe", "über", "alles"}, wrap("größe\n\tüber  alles", 6))
	require.Equal(t, []string{"a", "longerthanthat", "b"}, wrap("a longerthanthat b", 5))
	require.Equal(t, []string{""}, wrap(" ", 5))
	require.Len(t, []rune(excerpt(strings.Repeat("ä", 5000))), 301)
	require.Equal(t, "kurz", excerpt("kurz"))
}
