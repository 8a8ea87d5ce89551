package ledger

import (
	"cmp"
	"fmt"
	"strings"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// CaseFilter selects cases; the zero filter selects all.
type CaseFilter struct {
	MerchantID string
	State      dispute.State
	WaitingFor dispute.Wait
	// Groups are the groups to select, the zero one for closed cases; nil selects all.
	Groups []CaseGroup
	// Open leaves out the closed ones.
	Open    bool
	OrderID string
	// Search is the id of a dispute, an order or an invoice. An id whose letters are all small or all capital is found by both.
	Search string
	// DisputeIDs are the ids to select; nil selects all.
	DisputeIDs []string
	// DueBefore selects the cases with an earlier deadline.
	DueBefore time.Time
}

// page returns the query of a page. It is a union of one search per wait, or per group if the filter selects those, and for each
// with and without a deadline: an index finds the first rows of each in their order, where one search over all would sort all
// cases of a merchant. Searches by an id find a few rows by that id, and are not divided.
func (f CaseFilter) page(after CaseKey, limit int) (query string, args []any) {
	var searches []string
	for _, part := range f.parts() {
		where := conditions{args: args}
		if part.group != nil {
			where.group(*part.group)
		}
		f.where(&where)
		if !where.after(after, part.hasDeadline) {
			continue
		}
		searches = append(searches, fmt.Sprintf(`select * from (select %s from cases%s order by deadline, dispute_id limit %d) as part`,
			caseColumns, where.clause(), limit))
		args = where.args
	}
	if len(searches) == 0 {
		return `select ` + caseColumns + ` from cases where 1 = 0`, nil
	}
	return fmt.Sprintf(`select %s from (%s) as found order by deadline is null, deadline, dispute_id limit %d`,
		caseColumns, strings.Join(searches, " union all "), limit), args
}

// part is a part of the cases that one search finds.
type part struct {
	group       *CaseGroup // nil for all
	hasDeadline bool
}

// parts divides the cases that the filter selects. The deadline of a wait for an answer is missing only in cases that are
// older than the list of cases.
func (f CaseFilter) parts() (parts []part) {
	if f.OrderID != "" || f.Search != "" || f.DisputeIDs != nil {
		return []part{{hasDeadline: true}, {hasDeadline: false}}
	}
	for _, standing := range dispute.Standings {
		if !f.selects(standing) {
			continue
		}
		for _, group := range f.groups(standing.WaitingFor) {
			if standing.WaitingFor.HasDeadline() {
				parts = append(parts, part{&group, true})
			}
			parts = append(parts, part{&group, false})
		}
	}
	return parts
}

// groups returns the selected groups of a wait; one without a turn is the whole wait.
func (f CaseFilter) groups(wait dispute.Wait) (groups []CaseGroup) {
	if f.Groups == nil {
		return []CaseGroup{{WaitingFor: wait}}
	}
	for _, group := range f.Groups {
		if group.WaitingFor == wait {
			groups = append(groups, group)
		}
	}
	return groups
}

func (f CaseFilter) selects(s dispute.Standing) bool {
	return cmp.Or(f.State, s.State) == s.State && cmp.Or(f.WaitingFor, s.WaitingFor) == s.WaitingFor &&
		(!f.Open || s.State != dispute.StateClosed)
}

// where adds the conditions of the filter.
func (f CaseFilter) where(c *conditions) {
	equal := func(column, value string) {
		if value != "" {
			c.add(column+" = ?", value)
		}
	}
	equal("merchant_id", f.MerchantID)
	equal("state", string(f.State))
	equal("waiting_for", string(f.WaitingFor))
	equal("order_id", f.OrderID)
	if f.Open {
		c.add("state <> ?", dispute.StateClosed)
	}
	if f.Search != "" {
		c.search(f.Search)
	}
	if f.Groups != nil {
		c.anyOf(f.Groups)
	}
	c.in("dispute_id", f.DisputeIDs)
	if !f.DueBefore.IsZero() {
		c.add("deadline < ?", instant(precise(f.DueBefore)))
	}
}

// conditions are the terms of a where clause, with the arguments of the whole query so far.
type conditions struct {
	terms []string
	args  []any
}

// add adds a term, in which each ? is an argument.
func (c *conditions) add(term string, args ...any) {
	for _, arg := range args {
		c.args = append(c.args, arg)
		term = strings.Replace(term, "?", fmt.Sprintf("$%d", len(c.args)), 1)
	}
	c.terms = append(c.terms, term)
}

// group selects the cases of a group. An agreement is written as it is, because an index has only those.
func (c *conditions) group(g CaseGroup) {
	if g.WaitingFor == dispute.WaitAgreement && g.Turn != "" {
		c.add("waiting_for = 'agreement'")
		c.add("turn = ?", g.Turn)
		return
	}
	c.add("waiting_for = ?", g.WaitingFor)
}

// anyOf selects the cases of some groups.
func (c *conditions) anyOf(groups []CaseGroup) {
	all := []string{"1 = 0"}
	for _, g := range groups {
		one := conditions{args: c.args}
		one.group(g)
		all, c.args = append(all, strings.Join(one.terms, " and ")), one.args
	}
	c.terms = append(c.terms, "("+strings.Join(all, " or ")+")")
}

// search adds the condition that one of the ids is that text. An index finds the text as it is, so the cases of its letters
// are looked up, and not those of the ids converted.
func (c *conditions) search(text string) {
	const any3 = " in (?, ?, ?)"
	lower, upper := strings.ToLower(text), strings.ToUpper(text)
	c.add("(dispute_id"+any3+" or order_id"+any3+" or invoice_id"+any3+")",
		text, lower, upper, text, lower, upper, text, lower, upper)
}

// in adds the condition that a column has one of these values; none for nil.
func (c *conditions) in(column string, values []string) {
	switch {
	case values == nil:
	case len(values) == 0:
		c.add("1 = 0")
	default:
		args := make([]any, len(values))
		for i, value := range values {
			args[i] = value
		}
		c.add(column+" in ("+strings.TrimPrefix(strings.Repeat(", ?", len(args)), ", ")+")", args...)
	}
}

// after selects the cases after a key, with a deadline or without one, and reports whether there can be any.
func (c *conditions) after(key CaseKey, hasDeadline bool) bool {
	switch {
	case hasDeadline && key.Deadline.IsZero():
		c.add("deadline is not null")
		return key.DisputeID == ""
	case hasDeadline:
		c.add("(deadline, dispute_id) > (?, ?)", instant(precise(key.Deadline)), key.DisputeID)
	case key.Deadline.IsZero() && key.DisputeID != "":
		c.add("deadline is null")
		c.add("dispute_id > ?", key.DisputeID)
	default:
		c.add("deadline is null")
	}
	return true
}

func (c *conditions) clause() string {
	if len(c.terms) == 0 {
		return ""
	}
	return " where " + strings.Join(c.terms, " and ")
}
