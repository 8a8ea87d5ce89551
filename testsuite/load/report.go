package main

import (
	"encoding/json"
	"fmt"
	"io"
	"math"
	"runtime"
	"text/tabwriter"
	"time"
)

// setting is where something was measured.
type setting struct {
	Date     string `json:"date"`
	CPUs     int    `json:"cpus"`
	Go       string `json:"go"`
	Temporal string `json:"temporal"`
	Ledger   string `json:"ledger"`
}

func (s *stage) setting() setting {
	return setting{
		Date: time.Now().Format(time.DateOnly), CPUs: runtime.NumCPU(), Go: runtime.Version(),
		Temporal: s.version + " (" + s.temporalKind() + ")", Ledger: s.ledgerKind(),
	}
}

func (s setting) String() string {
	return fmt.Sprintf("%s, %d CPUs, %s, Temporal %s, ledger on %s", s.Date, s.CPUs, s.Go, s.Temporal, s.Ledger)
}

// ratio compares ours with another mode: the median of the rounds, and each of them.
type ratio struct {
	Median float64   `json:"median"`
	Rounds []float64 `json:"rounds"`
}

// report is a comparison as it is printed.
type report struct {
	Plan plan `json:"plan"`
	// Modes have the median of the rounds of each figure.
	Modes map[mode]figures `json:"modes"`
	// OfFloor and OfUsual are ours in disputes per second, divided by the other's.
	OfFloor ratio `json:"ofFloor"`
	OfUsual ratio `json:"ofUsual"`
}

func newReport(c comparison) report {
	r := report{Plan: c.plan, Modes: map[mode]figures{}}
	for _, m := range modes {
		r.Modes[m] = medians(c.rounds[m])
	}
	r.OfFloor.Rounds = ratios(c.rounds[ours], c.rounds[floor], perSecond)
	r.OfUsual.Rounds = ratios(c.rounds[ours], c.rounds[usual], perSecond)
	r.OfFloor.Median, r.OfUsual.Median = median(r.OfFloor.Rounds), median(r.OfUsual.Rounds)
	return r
}

// rows are the lines of a report.
var rows = []struct {
	title   string
	figures []figure
}{
	{"disputes/s", []figure{perSecond}},
	{"open → answered, ms (p50 / p95 / p99)", quantilesOf(toAnswered)},
	{"open → merchant notified, ms", quantilesOf(toNotified)},
	{"agreement → settled, ms", quantilesOf(toSettled)},
	{"history events", []figure{events}},
	{"history bytes", []figure{historyBytes}},
	{"calls to the ledger, reads included", []figure{calls}},
	{"ledger transactions, reads included", []figure{transactions}},
	{"CPU of the worker, ms per dispute", []figure{workerCPU}},
	{"CPU of Temporal (of a given one: of everything else on the machine), ms per dispute", []figure{temporalCPU}},
	{"CPU of clients and mail server, ms per dispute", []figure{clientsCPU}},
	{"memory of the worker, MB", []figure{workerMemory}},
}

func quantilesOf(name figure) (names []figure) {
	for _, q := range quantiles {
		names = append(names, name+q.name)
	}
	return names
}

func (r report) print(out io.Writer) {
	fmt.Fprintf(out, "Path %s: median of %d rounds of %d disputes per mode, %d clients\n\n",
		r.Plan.Path, r.Plan.Rounds, r.Plan.Disputes, r.Plan.Clients)
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprint(table, "\t")
	for _, m := range modes {
		fmt.Fprintf(table, "%s\t", m)
	}
	fmt.Fprintln(table)
	for _, row := range rows {
		fmt.Fprintf(table, "%s\t", row.title)
		for _, m := range modes {
			fmt.Fprintf(table, "%s\t", r.Modes[m].cell(row.figures))
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
	fmt.Fprintf(out, "\nours / floor  %.2f  %.2f\nours / usual  %.2f  %.2f\n",
		r.OfFloor.Median, r.OfFloor.Rounds, r.OfUsual.Median, r.OfUsual.Rounds)
}

// cell joins figures that stand together; – says that there are none.
func (f figures) cell(names []figure) string {
	text := ""
	for i, name := range names {
		value, shown := f[name]
		if !shown {
			return "–"
		}
		if i > 0 {
			text += " / "
		}
		text += number(value)
	}
	return text
}

// number writes a value with as many digits as are of use.
func number(value float64) string {
	switch {
	case value >= 100 || value == math.Trunc(value):
		return fmt.Sprintf("%.0f", value)
	default:
		return fmt.Sprintf("%.1f", value)
	}
}

func printJSON(out io.Writer, what any) error {
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(what)
}
