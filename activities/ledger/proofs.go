package ledger

import (
	"strings"

	"github.com/streitfall/streitfall/dispute"
)

// endings is an SQL list of the outcomes with their closing reasons.
func endings() string {
	var all []string
	for _, reason := range dispute.ClosingReasons {
		all = append(all, "'"+string(reason.Outcome())+" "+string(reason)+"'")
	}
	return strings.Join(all, ", ")
}

// quoted is an SQL list of closing reasons.
func quoted(reasons []dispute.ClosingReason) string {
	var all []string
	for _, reason := range reasons {
		all = append(all, "'"+string(reason)+"'")
	}
	return strings.Join(all, ", ")
}

// proofs are queries that find nothing in a sound ledger. Each row of their results is a sentence about a fault.
var proofs = []string{
	// The amounts of an invoice are the sums of its postings, which are positive or negative by direction.
	`select 'invoice ' || i.id || ' has amount/paid/imported/credit notes/credited/refunded '
			|| i.amount || '/' || i.paid || '/' || i.imported_paid || '/' || i.credit_notes || '/' || i.credited || '/' || i.refunded
			|| ', but its postings sum to '
			|| p.amount || '/' || p.paid || '/' || p.imported_paid || '/' || p.credit_notes || '/' || p.credited || '/' || p.refunded
		from invoices i join (
			select i.id,
				coalesce(sum(case when p.movement <> 'invoice' then 0 when p.destination = 'customer_receivable' then p.amount else -p.amount end), 0) as amount,
				coalesce(sum(case when p.movement not in ('payment', 'payment_return') then 0 when p.destination = 'cash' then p.amount else -p.amount end), 0) as paid,
				coalesce(sum(case when p.movement <> 'payment' or p.reference is not null then 0
					when p.destination = 'cash' then p.amount else -p.amount end), 0) as imported_paid,
				coalesce(sum(case when p.movement = 'credit_note' then p.amount else 0 end), 0) as credit_notes,
				coalesce(sum(case when p.dispute_id is not null and p.source = 'customer_receivable' then p.amount else 0 end), 0) as credited,
				coalesce(sum(case when p.dispute_id is not null and p.source = 'customer_refund' then p.amount else 0 end), 0) as refunded
			from invoices i left join postings p on p.invoice_id = i.id group by i.id
		) p on p.id = i.id
		where i.amount <> p.amount or i.paid <> p.paid or i.imported_paid <> p.imported_paid or i.credit_notes <> p.credit_notes
			or i.credited <> p.credited or i.refunded <> p.refunded
		order by i.id`,

	// Summed by invoice before the join: disputes have no index by invoice.
	`select 'invoice ' || i.id || ' has ' || i.decided_for_merchant || ' decided for the merchant, but its disputes ' || coalesce(d.decided, 0)
		from invoices i left join (
			select invoice_id, sum(amount - already_credited) as decided
			from disputes where closing_reason in (` + quoted(dispute.FinalForMerchant) + `) group by invoice_id
		) d on d.invoice_id = i.id
		where i.decided_for_merchant <> coalesce(d.decided, 0)
		order by i.id`,

	`select 'invoice ' || id || ' is ' || state || ' with ' || (amount - paid - credit_notes - credited) || ' of ' || amount || ' outstanding'
		from invoices
		where amount not between 1 and 9007199254740991 or paid < 0 or imported_paid < 0
			or state not in ('open', 'paused', 'settled')
			or (state = 'open' and paid + credit_notes + credited >= amount) or (state = 'settled' and paid + credit_notes + credited < amount)
		order by id`,

	`select 'the merchant of invoice ' || id || ' was debited ' || (credit_notes + credited + refunded) || ' of ' || amount
		from invoices
		where credit_notes + credited + refunded > amount
		order by id`,

	`select 'invoice ' || id || ' is ' || state || case due_date when '' then ' without a due date' else ' and due on ' || due_date end
		from invoices
		where (due_date = '' and state = 'open') or (due_date <> '' and due_date not like '____-__-__')
		order by id`,

	`select 'invoice ' || i.id || ' is ' || i.state || ' and has ' || count(d.id) || ' open disputes'
		from invoices i left join disputes d on d.invoice_id = i.id and d.state = 'open'
		group by i.id, i.state
		having (i.state = 'paused' and count(d.id) <> 1) or (i.state <> 'paused' and count(d.id) > 0)
		order by i.id`,

	// All three are 0 while a dispute is open, so this also finds money that moved before the settlement.
	`select 'dispute ' || d.id || ' is ' || d.state || ' with debit/credited/refunded '
			|| d.debit || '/' || d.credited || '/' || d.refunded
			|| case d.already_credited when 0 then '' else ' and ' || d.already_credited || ' credited already' end || ', but its postings sum to ' || p.credited || '/' || p.refunded
		from disputes d join (
			select d.id,
				coalesce(sum(case when p.source = 'customer_receivable' then p.amount end), 0) as credited,
				coalesce(sum(case when p.source = 'customer_refund' then p.amount end), 0) as refunded
			from disputes d left join postings p on p.dispute_id = d.id group by d.id
		) p on p.id = d.id
		where d.debit <> d.credited + d.refunded + case d.debit when 0 then 0 else d.already_credited end or d.credited <> p.credited or d.refunded <> p.refunded
		order by d.id`,

	`select 'dispute ' || id || ' about ' || amount || ' is ' || state || ' with outcome/reason/debit '
			|| outcome || '/' || closing_reason || '/' || debit || case when settled_at is null then ' and no time' else ' and a time' end
		from disputes
		where amount not between 1 and 9007199254740991 or not case state
			when 'open' then settled_at is null and outcome = '' and closing_reason = '' and debit = 0
			when 'closed' then settled_at is not null and outcome || ' ' || closing_reason in (` + endings() + `) and case outcome
				when 'LOST' then debit = amount
				when 'SETTLED' then debit between 0 and amount
				else debit = 0
			end
			else false
		end
		order by id`,

	// While a dispute is open, only payments and credit notes change its invoice.
	`select 'dispute ' || d.id || ' is about ' || d.amount || ', but its invoice had '
			|| (i.amount - d.paused_credit_notes - i.credited - i.refunded - i.decided_for_merchant) || ' left to dispute'
		from disputes d join invoices i on i.id = d.invoice_id
		where d.state = 'open' and d.amount > i.amount - d.paused_credit_notes - i.credited - i.refunded - i.decided_for_merchant
		order by d.id`,

	`select 'dispute ' || d.id || ' was paused with ' || d.paused_credit_notes || ' of credit notes and ' || d.days_left
			|| ' days left, but its invoice has ' || i.credit_notes || ' of credit notes'
		from disputes d join invoices i on i.id = d.invoice_id
		where d.paused_credit_notes > i.credit_notes or d.paused_credit_notes < 0 or d.days_left < 0
			or d.already_credited > i.credit_notes
		order by d.id`,

	`select 'invoice ' || i.id || ' references unknown merchant ' || i.merchant_id
		from invoices i left join merchants m on m.id = i.merchant_id
		where m.id is null
		order by i.id`,

	`select 'posting ' || id || ' moves ' || amount || ' from ' || source || ' to ' || destination || ' as ' || movement
			|| case when dispute_id is null then ' without dispute' else ' of dispute ' || dispute_id end
			|| case when reference is null then '' else ' under a reference' end
		from postings
		where amount not between 1 and 9007199254740991
			or (dispute_id is not null) <> (movement in ('chargeback', 'agreed_refund'))
			or (reference is not null and movement <> 'payment') <> (movement in ('payment_return', 'credit_note'))
			or (reference is not null and movement = 'payment' and destination <> 'cash')
			or movement || ' from ' || source || ' to ' || destination not in (
				'invoice from merchant_payable to customer_receivable',
				'invoice from customer_receivable to merchant_payable',
				'payment from customer_receivable to cash',
				'payment from cash to customer_receivable',
				'payment_return from cash to customer_receivable',
				'credit_note from customer_receivable to merchant_payable',
				'chargeback from customer_receivable to merchant_payable',
				'chargeback from customer_refund to merchant_payable',
				'agreed_refund from customer_receivable to merchant_payable',
				'agreed_refund from customer_refund to merchant_payable')
		order by id`,

	`select 'posting ' || p.id || ' moves ' || p.amount || ' from ' || p.source || ' as ' || p.movement || ' on invoice ' || p.invoice_id
			|| ', which does not match the settlement of dispute ' || p.dispute_id
		from postings p left join disputes d on d.id = p.dispute_id and d.invoice_id = p.invoice_id and d.settled_at = p.at
			and p.movement = case d.outcome when 'LOST' then 'chargeback' else 'agreed_refund' end
			and p.amount = case p.source when 'customer_receivable' then d.credited else d.refunded end
		where p.dispute_id is not null and d.id is null
		order by p.id`,

	`select p.what || ' is in ' || p.currency || ', but its invoice ' || p.invoice_id || coalesce(' is in ' || i.currency, ' does not exist')
		from (select 'posting ' || id as what, currency, invoice_id from postings
			union all select 'dispute ' || id, currency, invoice_id from disputes) as p left join invoices i on i.id = p.invoice_id
		where i.currency is null or i.currency <> p.currency
		order by p.what`,

	`select 'the case of dispute ' || coalesce(d.id, c.dispute_id) || case when c.dispute_id is null or d.id is null then ' is missing, or has no dispute'
			else ' is about something else: merchant, customer, order, invoice, amount, reason or calendar' end
		from disputes d join invoices i on i.id = d.invoice_id full join cases c on c.dispute_id = d.id
		where c.dispute_id is null or d.id is null or c.merchant_id <> i.merchant_id or c.customer_id <> i.customer_id or c.order_id <> i.order_id
			or c.invoice_id <> d.invoice_id or c.amount <> d.amount or c.currency <> d.currency or c.reason <> d.reason or c.calendar <> d.calendar
		order by 1`,

	`select 'the case of dispute ' || d.id || ' is ' || c.state || case c.waiting_for when '' then '' else ', waiting for ' || c.waiting_for end
			|| case c.outcome when '' then '' else ', ' || c.outcome end
			|| case d.state when 'closed' then ', but the dispute was closed: ' || d.outcome
				else coalesce((select ', but the last message said otherwise: ' || m.state || ', waiting for ' || m.waiting_for || ' (or another deadline)'
					from messages m where m.dispute_id = d.id and m.waiting_for <> '' order by m.caused_at desc, m.number desc limit 1),
					', but no message said so') end
		from disputes d join cases c on c.dispute_id = d.id
		where not case
			when d.state = 'closed' then c.state = 'CLOSED' and c.waiting_for = '' and c.deadline is null and c.outcome = d.outcome
			when exists (select 1 from messages m where m.dispute_id = d.id and m.waiting_for <> '') then c.outcome = '' and exists (
				select 1 from messages m where m.dispute_id = d.id and m.state = c.state and m.waiting_for = c.waiting_for
					and m.deadline is not distinct from c.deadline
					and m.caused_at = (select max(l.caused_at) from messages l where l.dispute_id = d.id and l.waiting_for <> ''))
			else c.state = 'OPENED' and c.waiting_for = 'notification' and c.deadline is null and c.outcome = ''
		end
		order by d.id`,

	`with words as (select * from messages where occasion in ('opened', 'message', 'proposal-made', 'proposal-declined') and caused_at is not null)
		select 'the case of dispute ' || c.dispute_id || ' says that it is the turn of the ' || c.turn || ', but '
			|| coalesce('the last word was told to the ' || (select w.recipient from words w where w.dispute_id = c.dispute_id
				order by w.caused_at desc, w.number desc limit 1), 'nothing was said')
		from cases c
		where not case when exists (select 1 from words w where w.dispute_id = c.dispute_id) then exists (
				select 1 from words w where w.dispute_id = c.dispute_id and w.recipient = c.turn and w.caused_at = c.turn_since
					and w.caused_at = (select max(l.caused_at) from words l where l.dispute_id = c.dispute_id))
			else c.turn = 'merchant' and c.turn_since is null
		end
		order by c.dispute_id`,

	`select 'dispute ' || e.dispute_id || ' was erased and still has ' || count(*) || ' files; repeat ` + "`starter erase`" + `'
		from erasures e join files f on f.dispute_id = e.dispute_id
		group by e.dispute_id
		order by e.dispute_id`,

	`select 'dispute ' || f.dispute_id || ' is not in the ledger and has ' || count(*) || ' files that were sent'
		from files f
		where f.sent_at is not null and not exists (select 1 from disputes d where d.id = f.dispute_id)
		group by f.dispute_id
		order by f.dispute_id`,

	`select 'file ' || id || ' of dispute ' || dispute_id || ' is ' || purpose || ' of the ' || party || case when sent_at is not null and stored_at is null then ', sent without content' else '' end
		from files
		where (party, purpose) not in (values ('merchant', 'evidence'), ('customer', 'statement'), ('customer', 'complaint'))
			or sent_at is not null and stored_at is null
		order by id`,
}
