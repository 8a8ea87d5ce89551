package pages

import (
	"cmp"
	"net/url"

	"github.com/streitfall/streitfall/activities/ledger"
	"github.com/streitfall/streitfall/dispute"
)

// List is a list of disputes: a merchant's, the desk's or that of operators.
type List struct {
	name, Empty string
	Tabs        []Link
	// Searches is true for a list that can be searched.
	Searches         bool
	Search, Found    string
	Rows             []Row
	CSV, Next, First string
	tab              Tab
}

// Row is a dispute in a list.
type Row struct {
	Href, Title, ID string
	Details         []string
	Amount          string
	Deadline        *Deadline
	// Marks say what the dispute needs; Urgent ones stand out.
	State  string
	Urgent string
	Causes []Cause
	WebUI  string
}

func (List) template() string        { return "list" }
func (l List) title(t teller) string { return t.say(l.name + ".title") }

// MerchantList is the list of a merchant's disputes.
func MerchantList(v Viewer, in ListInput) Page {
	t := newTeller(v)
	list := List{name: "list", Searches: true, Search: line(in.Search), Next: in.Next, First: in.First, tab: in.Tab}
	if list.tab == "" {
		list.tab = TabAct
	}
	for _, tab := range Tabs {
		link := Link{
			Href: PathList + "?" + FieldTab + "=" + string(tab), Text: t.say("list.tab." + string(tab)),
			Here: tab == list.tab && in.Search == "",
		}
		for _, group := range tab.Groups() {
			link.Count += in.Counts[group]
		}
		link.More, link.Count = link.Count > MaxCount, min(link.Count, MaxCount)
		list.Tabs = append(list.Tabs, link)
	}
	list.Empty = t.say("list.empty." + string(list.tab))
	query := url.Values{FieldTab: {string(list.tab)}}
	if list.Search != "" {
		list.Found, list.Empty = t.say("list.found", "search", list.Search), t.say("list.found.none", "search", list.Search)
		query = url.Values{FieldSearch: {in.Search}}
	}
	if len(in.Cases) > 0 {
		list.CSV = PathCSV + "?" + query.Encode()
	}
	for _, c := range in.Cases {
		row := t.row(c)
		row.State = t.perhaps(waitKey(c))
		if c.Turn != dispute.PartyMerchant {
			row.Deadline = row.Deadline.ofOthers()
		}
		if c.State == dispute.StateClosed {
			row.State = t.perhaps("list.outcome." + string(c.Outcome))
			row.Details = append(row.Details, t.say("list.closed", "day", t.day(c.UpdatedAt, c.Calendar)))
			row.Amount = t.say("list.disputed", "amount", row.Amount) // which need not be what was debited
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

// waitKey is the key of what a merchant's dispute waits for.
func waitKey(c ledger.CaseSummary) string {
	key := "list.wait." + string(c.WaitingFor)
	if c.WaitingFor == dispute.WaitAgreement {
		key += "." + string(c.Turn)
	}
	return key
}

// row has what the rows of all lists have.
func (t teller) row(c ledger.CaseSummary) Row {
	return Row{
		Href: CasePath(c.DisputeID), ID: line(c.DisputeID), Title: t.Language.Reason(dispute.Reason(line(string(c.Reason)))),
		Details:  []string{t.say("list.order", "order", line(c.OrderID)), t.say("list.invoice", "invoice", line(c.InvoiceID))},
		Amount:   t.money(clean(c.DisputedAmount)),
		Deadline: t.deadline(c.Deadline, c.Calendar),
	}
}

// Queue is the desk's list of the disputes that wait for a ruling, the one that was asked first at the top.
func Queue(v Viewer, in QueueInput) Page {
	t := newTeller(v)
	list := List{name: "queue", Empty: t.say("queue.empty"), Next: in.Next, First: in.First}
	for _, c := range in.Cases {
		row := t.row(c)
		row.State = t.say("queue.stage." + string(c.WaitingFor))
		row.Details = append(row.Details, t.say("fact.merchant")+": "+cmp.Or(line(in.Merchants[c.MerchantID]), line(c.MerchantID)))
		age := t.Now.Sub(c.UpdatedAt)
		switch days := daysOf(age); days {
		case 0:
			row.Details = append(row.Details, t.say("queue.asked-now", "moment", t.moment(c.UpdatedAt, c.Calendar)))
		case 1:
			row.Details = append(row.Details, t.say("queue.asked-one", "day", t.day(c.UpdatedAt, c.Calendar)))
		default:
			row.Details = append(row.Details, t.say("queue.asked", "day", t.day(c.UpdatedAt, c.Calendar), "n", days))
		}
		if age > overdueAfter {
			row.Urgent = t.say("queue.overdue")
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}

// Attention is the operators' list of the disputes that need a person.
func Attention(v Viewer, rows []AttentionRow, next string) Page {
	t := newTeller(v)
	list := List{name: "attention", Empty: t.say("attention.empty"), Next: next}
	for _, in := range rows {
		row := Row{
			Href: CasePath(in.DisputeID), Title: line(in.DisputeID), State: t.say("fact.waiting") + ": " + t.wait(in.WaitingFor),
			Deadline: t.deadline(in.Deadline, in.Calendar), WebUI: in.WebUI,
			Details: append([]string{t.say("fact.merchant") + ": " + line(in.MerchantID)}, t.retried(in.Retried)...),
		}
		if in.Amount != nil {
			row.Amount = t.money(clean(*in.Amount))
		}
		if in.Stopped != "" {
			row.Urgent = t.say("attention.stopped", "how", line(in.Stopped))
		}
		for _, cause := range in.Causes {
			row.Causes = append(row.Causes, t.cause(cause))
		}
		list.Rows = append(list.Rows, row)
	}
	return list
}
