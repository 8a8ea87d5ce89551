package ledger_test

// eventCorruptions are changes to the events, each with the finding about it.
var eventCorruptions = map[string]struct{ plant, want string }{
	"a lost event of an opening": {
		"delete from events where dispute_id = 'd-1' and type = 'dispute.opened'", "dispute d-1 is open and has 0 events of its opening and 0 of its closing",
	},
	"a closing told twice": {
		"insert into events (type, at, invoice_id, dispute_id) select type, at, invoice_id, dispute_id from events where type = 'dispute.closed'",
		"dispute d-2 is closed and has 1 events of its opening and 2 of its closing",
	},
	"a closing that has not happened": {
		"insert into events (type, at, invoice_id, dispute_id) values ('dispute.closed', @, 'i-1', 'd-1')",
		"dispute d-1 is open and has 1 events of its opening and 1 of its closing",
	},
	"a lost event of a payment": {
		"delete from events where type = 'invoice.payment_returned'", "posting 11 (payment_return on invoice i-4) has 0 events",
	},
	"a lost event of a message": {
		"delete from events where type = 'dispute.waiting'", "message d-1/opened/1/merchant has 0 events",
	},
	"an event of no dispute": {
		"insert into events (type, at, invoice_id, dispute_id) values ('dispute.attention', @, 'i-1', 'd-404')",
		"(dispute.attention) is about nothing that has happened",
	},
	"an event of another time": {
		"update events set at = '2020-01-01T00:00:00.000000Z' where type = 'dispute.closed'", "(dispute.closed) is about nothing that has happened",
	},
	"an event of another type": {
		"update events set type = 'invoice.paid' where type = 'invoice.credit_note_recorded'", "(invoice.paid) is about nothing that has happened",
	},
	"a gap in the numbers":       {"update events set number = 99 where id = 1", "the events have 1 numbers up to 99, from 99"},
	"an event that is never due": {"update events set number = 1 where id = 1", "event 1 of invoice i-1 is not delivered and never due"},
	"an event that is due early": {numbered + "next_try_at = @ where dispute_id = 'd-2'", "event 2 of dispute d-2 is due before an earlier one is delivered"},
	"an event delivered early":   {numbered + "delivered_at = @ where type = 'dispute.closed'", "event 2 of dispute d-2 is delivered before an earlier one"},
	"an event that comes too late": {
		"update events set number = 2 where type = 'dispute.opened' and dispute_id = 'd-2'; update events set number = 1 where type = 'dispute.closed'",
		"event 1 of dispute d-2 comes before 2, which happened earlier",
	},
}

// numbered gives numbers to the events of dispute d-2.
const numbered = "update events set number = 1 where type = 'dispute.opened' and dispute_id = 'd-2'; " +
	"update events set number = 2 where type = 'dispute.closed'; update events set next_try_at = @ where number = 1; update events set "
