package ledger_test

import (
	"errors"
	"flag"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/testsuite/postgres"
	"github.com/streitfall/streitfall/testsuite/race"
)

// database is a kind of database that the tests run on.
type database struct {
	name string
	// newURL returns the URL of an empty ledger, whose tables may exist already; newBareURL that of one without tables.
	newURL, newBareURL func(testing.TB) string
}

// databases are all kinds. Tests run on each of them, unless they are about one kind.
var databases = []database{{"SQLite", sqliteURL, sqliteURL}, {"PostgreSQL", postgresURL, barePostgresURL}}

func TestMain(m *testing.M) {
	// The command line can override it.
	if err := flag.Set("rapid.checks", propertyChecks()); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(run(m))
}

// propertyChecks is how often each property is tried: under the race detector SQLite in Go is thirty times slower.
func propertyChecks() string {
	if race.Enabled {
		return "3"
	}
	return "20"
}

func run(m *testing.M) int {
	stop, err := findServer()
	defer stop()
	switch {
	case err != nil && (!errors.Is(err, postgres.ErrMissing) || os.Getenv("LEDGER_TEST_POSTGRES") == "required"):
		fmt.Fprintln(os.Stderr, err)
		return 1
	case err != nil:
		noPostgres = "skipped: " + err.Error()
		printToTerminal("activities/ledger: the cases on PostgreSQL are " + noPostgres)
	}
	return m.Run()
}

// printToTerminal prints a line to the terminal: "go test" without -v shows no output of a package that passes.
func printToTerminal(line string) {
	terminal, err := os.OpenFile("/dev/tty", os.O_WRONLY, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, line)
		return
	}
	fmt.Fprintln(terminal, line)
	printError(terminal.Close())
}

// onEach runs a test on every kind of database.
func onEach(t *testing.T, test func(*testing.T, database)) {
	t.Helper()
	for _, db := range databases {
		t.Run(db.name, func(t *testing.T) {
			t.Parallel()
			test(t, db)
		})
	}
}

// with adds a setting to a URL.
func with(t testing.TB, address, setting, value string) string {
	t.Helper()
	u, err := url.Parse(address)
	require.NoError(t, err)
	query := u.Query()
	query.Set(setting, value)
	u.RawQuery = strings.ReplaceAll(query.Encode(), "+", "%20")
	return u.String()
}

// open opens a new ledger.
func (db database) open(t testing.TB) *ledger.Ledger {
	t.Helper()
	return openAt(t, db.newURL(t))
}

func openAt(t testing.TB, url string) *ledger.Ledger {
	t.Helper()
	l, err := ledger.Open(t.Context(), url)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, l.Close()) })
	return l
}

// paused opens a ledger in which dispute d-1 about amount has paused invoice i-1 of 100.00 EUR.
func (db database) paused(t testing.TB, paid, amount int64) *ledger.Ledger {
	t.Helper()
	l := db.open(t)
	imported(t, l, invoice("i-1", eur(10000), paid))
	_, err := l.Pause(t.Context(), pauseOf("d-1", "i-1", eur(amount)))
	require.NoError(t, err)
	return l
}
