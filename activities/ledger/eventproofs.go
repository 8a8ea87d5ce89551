package ledger

// eventProofs are proofs that each change has its event, and each event its change.
var eventProofs = []string{
	`select 'dispute ' || d.id || ' is ' || d.state || ' and has ' || coalesce(e.opened, 0) || ' events of its opening and '
			|| coalesce(e.closed, 0) || ' of its closing'
		from disputes d left join (
			select dispute_id, sum(case type when 'dispute.opened' then 1 else 0 end) as opened, sum(case type when 'dispute.closed' then 1 else 0 end) as closed
			from events where type in ('dispute.opened', 'dispute.closed') group by dispute_id
		) e on e.dispute_id = d.id
		where coalesce(e.opened, 0) <> 1 or coalesce(e.closed, 0) <> case d.state when 'closed' then 1 else 0 end
		order by d.id`,

	`select 'posting ' || p.id || ' (' || p.movement || ' on invoice ' || p.invoice_id || ') has ' || coalesce(e.told, 0) || ' events'
		from postings p left join (select posting_id, count(*) as told from events where posting_id is not null group by posting_id) e on e.posting_id = p.id
		where coalesce(e.told, 0) <> case when p.movement in ('payment', 'payment_return', 'credit_note') then 1 else 0 end
		order by p.id`,

	// A message that was accepted after one about something later, or after the settlement, has moved nothing.
	`select 'message ' || m.dispute_id || '/' || m.occasion || '/' || m.number || '/' || m.recipient || ' has ' || coalesce(e.told, 0) || ' events'
		from messages m join disputes d on d.id = m.dispute_id left join (
			select dispute_id, occasion, message_number, recipient, count(*) as told
			from events where type in ('dispute.waiting', 'dispute.message', 'dispute.proposal') group by dispute_id, occasion, message_number, recipient
		) e on e.dispute_id = m.dispute_id and e.occasion = m.occasion and e.message_number = m.number and e.recipient = m.recipient
		where coalesce(e.told, 0) <> case when m.waiting_for <> '' or m.occasion in ('message', 'proposal-made', 'proposal-declined') then 1 else 0 end
			and not (m.waiting_for <> '' and coalesce(e.told, 0) = 0 and (d.state = 'closed' or exists (
				select 1 from messages l where l.dispute_id = m.dispute_id and l.waiting_for <> '' and l.caused_at > m.caused_at)))
		order by 1`,

	`select 'event ' || e.id || ' (' || e.type || ') is about nothing that has happened'
		from events e left join disputes d on d.id = e.dispute_id and d.invoice_id = e.invoice_id
			left join messages m on m.dispute_id = e.dispute_id and m.occasion = e.occasion and m.number = e.message_number and m.recipient = e.recipient
			left join postings p on p.id = e.posting_id and p.invoice_id = e.invoice_id
		where not case e.type
			when 'dispute.opened' then d.id is not null
			when 'dispute.closed' then d.settled_at is not null and d.settled_at = e.at
			when 'dispute.waiting' then d.id is not null and m.at is not null and m.at = e.at and m.waiting_for <> ''
			when 'dispute.message' then d.id is not null and m.at is not null and m.at = e.at and m.occasion = 'message'
			when 'dispute.proposal' then d.id is not null and m.at is not null and m.at = e.at and m.occasion in ('proposal-made', 'proposal-declined')
			when 'dispute.attention' then d.id is not null and e.cause <> ''
			when 'invoice.credit_note_recorded' then p.at is not null and p.at = e.at and p.movement = 'credit_note'
			when 'invoice.payment_recorded' then p.at is not null and p.at = e.at and p.movement = 'payment' and p.destination = 'cash'
			when 'invoice.payment_returned' then p.at is not null and p.at = e.at and p.movement in ('payment', 'payment_return') and p.source = 'cash'
			else false
		end
		order by e.id`,

	`select 'the events have ' || count(number) || ' numbers up to ' || max(number) || ', from ' || min(number)
		from events where number is not null
		having count(number) <> max(number) or min(number) <> 1`,

	`select 'event ' || number || ' of ' || case dispute_id when '' then 'invoice ' || invoice_id else 'dispute ' || dispute_id end
			|| case when before > number then ' comes before ' || before || ', which happened earlier'
				when next_try_at is not null then ' is due before an earlier one is delivered'
				when delivered_at is null then ' is not delivered and never due'
				else ' is delivered before an earlier one' end
		from (
			select *, lag(number) over (partition by dispute_id, invoice_id order by id) as before,
				sum(case when delivered_at is null then 1 else 0 end) over (partition by dispute_id, invoice_id order by number) as waiting
			from events where number is not null
		) as numbered
		where before > number or case when delivered_at is not null then waiting > 0 else (next_try_at is not null) <> (waiting = 1) end
		order by number`,
}
