package main

import (
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/streitfall/streitfall/starter/parties"
)

// kind is a kind of fault.
type kind string

// The kinds of faults.
const (
	workerKilled   kind = "worker killed"
	postgresKilled kind = "PostgreSQL killed"
	temporalKilled kind = "Temporal killed"
	mailGone       kind = "mail server gone"
	mailBusy       kind = "mail server busy"
	mailCut        kind = "mail server cuts off"
	clockBehind    kind = "worker's clock behind"
	clockFarBehind kind = "worker's clock far behind"
	clockAhead     kind = "worker's clock ahead"
	workersAway    kind = "workers away for hours"
	postgresAway   kind = "PostgreSQL away for hours"
	temporalAway   kind = "Temporal away for hours"
	mailAway       kind = "mail server away for hours"

	receiverKilled  kind = "receiver killed"
	receiverSlow    kind = "receiver slow"
	receiverSick    kind = "receiver answers 500"
	receiverRefuses kind = "receiver answers 410"
	receiverOther   kind = "receiver has another secret"
	receiverCut     kind = "receiver cuts off"
)

var kinds = []kind{
	workerKilled, postgresKilled, temporalKilled, mailGone, mailBusy, mailCut, clockBehind, clockFarBehind, clockAhead,
	workersAway, postgresAway, temporalAway, mailAway,
	receiverKilled, receiverSlow, receiverSick, receiverRefuses, receiverOther, receiverCut,
}

// skews are the clocks of the kinds that have one: behind by what is tolerated, by more, and ahead.
var skews = map[kind]time.Duration{clockBehind: -50 * time.Second, clockFarBehind: -10 * time.Minute, clockAhead: 10 * time.Minute}

// away are the faults of which those that seem to last for hours consist.
var away = map[kind][]fault{
	workersAway:  {{target: worker0, kind: workerKilled}, {target: worker1, kind: workerKilled}},
	postgresAway: {{target: "postgres", kind: postgresKilled}},
	temporalAway: {{target: "temporal", kind: temporalKilled}},
	mailAway:     {{target: "mail", kind: mailGone}},
}

// target is a server that fails.
type target string

// span is a range of durations.
type span struct{ from, to time.Duration }

func (s span) pick(r *rand.Rand) time.Duration {
	return s.from + time.Duration(r.Int64N(int64(s.to-s.from))).Truncate(time.Millisecond)
}

// targets are the servers that fail, with the kinds of their faults, how long they are up between two faults, and how long
// they are down.
var targets = []struct {
	target   target
	kinds    []kind
	up, down span
}{
	{worker0, []kind{workerKilled}, span{6 * time.Second, 20 * time.Second}, span{100 * time.Millisecond, 4 * time.Second}},
	{worker1, []kind{workerKilled}, span{6 * time.Second, 20 * time.Second}, span{100 * time.Millisecond, 4 * time.Second}},
	{"postgres", []kind{postgresKilled}, span{10 * time.Second, 40 * time.Second}, span{100 * time.Millisecond, 4 * time.Second}},
	{"temporal", []kind{temporalKilled}, span{15 * time.Second, 50 * time.Second}, span{100 * time.Millisecond, 4 * time.Second}},
	{"mail", []kind{mailGone, mailBusy, mailCut}, span{5 * time.Second, 20 * time.Second}, span{500 * time.Millisecond, 6 * time.Second}},
	{clock0, []kind{clockBehind, clockFarBehind, clockAhead}, span{5 * time.Second, 20 * time.Second}, span{2 * time.Second, 10 * time.Second}},
	{clock1, []kind{clockBehind, clockAhead}, span{5 * time.Second, 20 * time.Second}, span{2 * time.Second, 10 * time.Second}},
	// The total is less than a day, so that no deadline passes that an outage has extended.
	{hours, []kind{workersAway, postgresAway, temporalAway, mailAway}, span{20 * time.Second, 50 * time.Second}, span{1500 * time.Millisecond, 3 * time.Second}},
	{
		"receiver",
		[]kind{receiverKilled, receiverSlow, receiverSick, receiverRefuses, receiverOther, receiverCut},
		span{4 * time.Second, 15 * time.Second},
		span{500 * time.Millisecond, 6 * time.Second},
	},
}

// The targets of faults of their own: the clocks of the workers, and the servers that go away for hours.
const (
	worker0 target = "worker 0"
	worker1 target = "worker 1"
	clock0  target = "clock 0"
	clock1  target = "clock 1"
	hours   target = "hours"
)

// fault is one failure of a target, at a time since the start of the run, and how long the target is down.
type fault struct {
	at, down time.Duration
	target   target
	kind     kind
}

// paths are those that the disputes take.
var paths = slices.Concat(parties.Paths, parties.LatePaths)

// opening is the opening of a dispute, at a time since the start of the run.
type opening struct {
	at   time.Duration
	path int
}

// plan is what happens in a run.
type plan struct {
	seed     uint64
	length   time.Duration
	openings []opening
	faults   []fault
}

// The parts of a run in which disputes are opened, and in which faults happen. In the rest every dispute has to end.
const (
	openingPart = 0.75
	faultPart   = 0.85
)

func newPlan(seed uint64, disputes int, length time.Duration) plan {
	p := plan{seed: seed, length: length}
	r := rand.New(rand.NewPCG(seed, 0))
	for range disputes {
		at := time.Duration(r.Float64() * openingPart * float64(length)).Truncate(time.Millisecond)
		p.openings = append(p.openings, opening{at: at, path: r.IntN(len(paths))})
	}
	slices.SortStableFunc(p.openings, func(a, b opening) int { return cmp.Compare(a.at, b.at) })
	end := time.Duration(faultPart * float64(length))
	for _, t := range targets {
		next := r.IntN(len(t.kinds))
		for at := t.up.pick(r); at < end; next++ {
			f := fault{at: at, down: t.down.pick(r), target: t.target, kind: t.kinds[next%len(t.kinds)]}
			p.faults = append(p.faults, f)
			at += f.down + t.up.pick(r)
		}
	}
	slices.SortStableFunc(p.faults, func(a, b fault) int { return cmp.Compare(a.at, b.at) })
	return p
}

// cases returns the disputes of the plan in the order of their openings.
func (p *plan) cases() []parties.Case {
	var cases []parties.Case
	for n, o := range p.openings {
		cases = append(cases, parties.NewCase(fmt.Sprintf("chaos-%04d", n), n, paths[o.path]))
	}
	return cases
}

// clock returns the clock of a run that begins at start, with the skews of a target.
func (p *plan) clock(start time.Time, of target) *clock {
	c := &clock{Start: start}
	for _, f := range p.faults {
		part := stretch{At: f.at, Length: f.down, Skew: skews[f.kind]}
		switch f.target { //nolint:exhaustive // the others are no clocks
		case hours:
			c.Hurries = append(c.Hurries, part)
		case of:
			c.Skews = append(c.Skews, part)
		}
	}
	return c
}

// fingerprint identifies the plan: equal plans have equal fingerprints.
func (p *plan) fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v %v", p.openings, p.faults))
	return hex.EncodeToString(sum[:6])
}
