package ledger_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/activities"
	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// marker is in every personal text of these tests.
const marker = "Zwetschgenkuchen"

// closedDispute is a ledger in which dispute d-1 was closed, with personal data wherever the ledger has any.
func closedDispute(t *testing.T, l *ledger.Ledger) {
	t.Helper()
	imported(t, l, invoice("i-1", eur(10000), 6000), invoice("i-2", eur(10000), 6000))
	for _, id := range []string{"d-1", "d-10"} { // the id of one begins with that of the other
		_, err := l.Pause(t.Context(), pauseOf(id, "i-"+map[string]string{"d-1": "1", "d-10": "2"}[id], eur(3000)))
		require.NoError(t, err)
		_, err = l.Settle(t.Context(), settleOf(id, lost(3000)))
		require.NoError(t, err)
		said := notice(1)
		said.Key.DisputeID, said.Key.Occasion = id, dispute.OccasionInformationRequested
		said.Dispute.ID, said.Statement, said.Move = id, marker+" of "+id, marker
		_, err = l.Inbox().Send(t.Context(), said)
		require.NoError(t, err)
		receipt := receiptOf(said)
		receipt.Answer = "250 2.1.5 <" + marker + "@" + id + ".example> queued"
		saved(t, l, receipt)
		require.NoError(t, l.ArchiveCase(t.Context(), archived(id)))
	}
}

func archived(id string) activities.ArchivedCase {
	return activities.ArchivedCase{DisputeID: id, At: monday, Content: []byte(`{"said":"` + marker + ` of ` + id + `"}`)}
}

func erasure() ledger.Erasure {
	return ledger.Erasure{DisputeID: "d-1", At: monday, ErasedBy: "anna", Reason: "art. 17, request 4711"}
}

// everything is the content of all tables, those of later schemas included.
func everything(t *testing.T, l *ledger.Ledger, db database) string {
	t.Helper()
	list := `select name from sqlite_master where type = 'table'`
	if db.name == "PostgreSQL" {
		list = `select table_name from information_schema.tables where table_schema = current_schema()`
	}
	tables := strings.Fields(readableRows(t, l, list))
	require.Contains(t, tables, "archive")
	var text strings.Builder
	for _, table := range tables {
		text.WriteString(readableRows(t, l, "select * from "+table))
	}
	return text.String()
}

// readableRows are the rows of a query, with bytes as text.
func readableRows(t *testing.T, l *ledger.Ledger, query string) string {
	t.Helper()
	rows, err := l.DB().QueryContext(t.Context(), query)
	require.NoError(t, err)
	defer rows.Close()
	columns, err := rows.Columns()
	require.NoError(t, err)
	var text strings.Builder
	for rows.Next() {
		values := make([]string, len(columns))
		into := make([]any, len(columns))
		for i := range into {
			into[i] = &nullable{&values[i]}
		}
		require.NoError(t, rows.Scan(into...))
		text.WriteString(strings.Join(values, " | ") + "\n")
	}
	require.NoError(t, rows.Err())
	return text.String()
}

type nullable struct{ text *string }

func (n *nullable) Scan(value any) error {
	switch value := value.(type) {
	case []byte:
		*n.text = string(value)
	case string:
		*n.text = value
	}
	return nil
}

// What was erased is in no table any more, and in SQLite in no file either. The money, the receipts and other disputes stay.
func TestEraseErases(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		ledgerURL := db.newURL(t)
		l := openAt(t, ledgerURL)
		closedDispute(t, l)
		before := everything(t, l, db)
		require.Equal(t, 8, strings.Count(before, marker), "four of each dispute")
		money, postings := recordOf(t, l), rowsOf(t, l, "select * from postings order by id")

		recorded, err := l.Erase(t.Context(), erasure())
		require.NoError(t, err)
		require.Equal(t, erasure(), recorded)
		after := everything(t, l, db)
		require.NotContains(t, after, marker+" of d-1\"")
		require.NotContains(t, after, marker+"@d-1.example")
		require.Equal(t, 4, strings.Count(after, marker), "those of d-10")
		require.Equal(t, money, recordOf(t, l))
		require.Equal(t, postings, rowsOf(t, l, "select * from postings order by id"))
		receipts, err := l.Receipts(t.Context(), "d-1")
		require.NoError(t, err)
		require.Len(t, receipts, 1)
		require.Equal(t, dispute.ChannelEmail, receipts[0].Channel)
		messages, err := l.Inbox().Messages(t.Context(), "m-1")
		require.NoError(t, err)
		require.Len(t, messages, 2)
		require.Equal(t, dispute.OccasionInformationRequested, messages[0].Occasion)
		require.Equal(t, int64(3000), messages[0].Result.Debit)
		requireSound(t, l)

		_, err = l.ArchivedCase(t.Context(), "d-1")
		requireFaults(t, err, dispute.CodeUnknownDispute)
		require.ErrorContains(t, err, "the case of dispute d-1 was erased on 2026-11-23 by anna: art. 17, request 4711")
		_, err = l.ArchivedCase(t.Context(), "d-10")
		require.NoError(t, err)
		requireInNoFile(t, ledgerURL, marker+" of d-1\"", marker+"@d-1.example")
	})
}

func recordOf(t *testing.T, l *ledger.Ledger) ledger.Dispute {
	t.Helper()
	record, err := l.Dispute(t.Context(), "d-1")
	require.NoError(t, err)
	return record
}

// requireInNoFile searches the files of a ledger in SQLite.
func requireInNoFile(t *testing.T, ledgerURL string, markers ...string) {
	t.Helper()
	path, isFile := strings.CutPrefix(ledgerURL, "sqlite:")
	if !isFile {
		return
	}
	files, err := filepath.Glob(path + "*")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, file := range files {
		content, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, marker := range markers {
			require.False(t, bytes.Contains(content, []byte(marker)), "%s is in %s", marker, file)
		}
	}
}

// What a receiver has answered about the events of a dispute is erased, and the events stay.
func TestEraseAnswersAboutEvents(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		closedDispute(t, l)
		events := allEvents(t, l)
		execute(t, l, "update events set last_error = 'no such customer: Jonas Weber'")
		_, err := l.Erase(t.Context(), erasure())
		require.NoError(t, err)
		told, err := l.ToldEvents(t.Context(), ledger.EventFilter{}, 0, 100)
		require.NoError(t, err)
		for i, event := range told {
			require.Equal(t, event.Data.DisputeID == "d-1", event.LastError == "", event.Number)
			require.Equal(t, events[i], event.Event)
		}
	})
}

// The first erasure stays on record. Repeated, it erases what has come since, and the archive takes nothing any more.
func TestEraseAgain(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		closedDispute(t, l)
		_, err := l.Erase(t.Context(), erasure())
		require.NoError(t, err)
		require.NoError(t, l.ArchiveCase(t.Context(), archived("d-1")))
		late := receiptOf(notice(2))
		late.Answer = marker + " again"
		saved(t, l, late)
		second := erasure()
		second.ErasedBy, second.Reason, second.At = "ben", "again", monday.Add(time.Hour)
		recorded, err := l.Erase(t.Context(), second)
		require.NoError(t, err)
		require.Equal(t, erasure(), recorded)
		require.NotContains(t, everything(t, l, db), marker+" again")
		require.NotContains(t, everything(t, l, db), marker+" of d-1\"")
		got, erased, err := l.Erasure(t.Context(), "d-1")
		require.NoError(t, err)
		require.True(t, erased)
		require.Equal(t, erasure(), got)
		_, erased, err = l.Erasure(t.Context(), "d-10")
		require.NoError(t, err)
		require.False(t, erased)
	})
}

// Nothing is erased of a dispute that runs, and nothing without a name and a reason.
func TestEraseRefuses(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.paused(t, 6000, 3000)
		before := dump(t, l)
		_, err := l.Erase(t.Context(), erasure())
		requireFaults(t, err, dispute.CodeNotAccepted)
		require.ErrorContains(t, err, "dispute d-1 is open; a dispute can be erased when it has ended")
		unknown := erasure()
		unknown.DisputeID = "d-404"
		_, err = l.Erase(t.Context(), unknown)
		requireFaults(t, err, dispute.CodeUnknownDispute)
		_, err = l.Erase(t.Context(), ledger.Erasure{DisputeID: "d-1", At: monday})
		requireFaults(t, err, dispute.CodeInvalidMessage, "erasedBy", "reason")
		require.Equal(t, before, dump(t, l))
	})
}

// The schema lets erasures alone change messages, and those only what is personal.
func TestSchemaKeepsErasures(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		closedDispute(t, l)
		_, err := l.Erase(t.Context(), erasure())
		require.NoError(t, err)
		before := dump(t, l)
		for _, statement := range []string{
			"update erasures set reason = 'x'", "delete from erasures",
			"update messages set answer = ''", "update inbox set content = ''", // of d-10, too
			"update messages set answer = 'x' where dispute_id = 'd-1'", "update messages set content_hash = 'x', answer = '' where dispute_id = 'd-1'",
			"update inbox set merchant_id = 'm-2' where notice like 'd-1/%'",
			"insert into erasures values ('d-404', '2026-11-23T09:15:00.000000Z', 'anna', 'x')",
		} {
			_, err := l.DB().ExecContext(t.Context(), statement)
			require.Error(t, err, statement)
			require.Regexp(t, refusals+"|FOREIGN KEY", err.Error(), statement)
			require.Equal(t, before, dump(t, l), statement)
		}
	})
}

// The last state is archived: a dispute that was reset or taken over ends twice.
func TestArchiveKeepsTheLastState(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		closedDispute(t, l)
		later := activities.ArchivedCase{DisputeID: "d-1", At: monday.Add(time.Hour), KeyID: "k2", Content: []byte{0, 1, 255}}
		require.NoError(t, l.ArchiveCase(t.Context(), later))
		got, err := l.ArchivedCase(t.Context(), "d-1")
		require.NoError(t, err)
		require.Equal(t, later, got)
		_, err = l.ArchivedCase(t.Context(), "d-404")
		requireFaults(t, err, dispute.CodeUnknownDispute)
		require.ErrorContains(t, err, `the archive has no case of dispute "d-404"`)
		require.Error(t, l.ArchiveCase(t.Context(), archived("d-404")), "the ledger knows no such dispute")
	})
}

// Every case of another key is encrypted again, once. An error leaves the rest for the next attempt.
func TestReseal(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, db database) {
		l := db.open(t)
		closedDispute(t, l)
		fails := func(activities.ArchivedCase) (activities.ArchivedCase, error) {
			return activities.ArchivedCase{}, context.Canceled
		}
		_, err := l.Reseal(t.Context(), "k2", fails)
		require.ErrorIs(t, err, context.Canceled)
		seal := func(in activities.ArchivedCase) (activities.ArchivedCase, error) {
			in.KeyID, in.Content = "k2", append([]byte("sealed "), in.Content...)
			return in, nil
		}
		for _, want := range []int{2, 0} {
			resealed, err := l.Reseal(t.Context(), "k2", seal)
			require.NoError(t, err)
			require.Equal(t, want, resealed)
		}
		got, err := l.ArchivedCase(t.Context(), "d-10")
		require.NoError(t, err)
		require.Equal(t, "sealed "+string(archived("d-10").Content), string(got.Content))
		require.Equal(t, "k2", got.KeyID)
	})
}
