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
)

var kinds = []kind{workerKilled, postgresKilled, temporalKilled, mailGone, mailBusy, mailCut}

// target is something that fails, one fault after the other.
type target string

const (
	postgresTarget target = "postgres"
	temporalTarget target = "temporal"
	mailTarget     target = "mail"
)

// workers is how many worker processes there are.
const workers = 2

func workerTarget(n int) target { return target(fmt.Sprint("worker ", n)) }

// habit is how a target fails: what can happen to it, how long it is well before, and how long it is away.
type habit struct {
	kinds      []kind
	well, away span
}

type span struct{ from, to time.Duration }

func (s span) pick(r *rand.Rand) time.Duration {
	return s.from + time.Duration(r.Int64N(int64(s.to-s.from))).Truncate(time.Millisecond)
}

var (
	workerHabit = habit{
		kinds: []kind{workerKilled},
		well:  span{6 * time.Second, 20 * time.Second}, away: span{100 * time.Millisecond, 4 * time.Second},
	}
	postgresHabit = habit{
		kinds: []kind{postgresKilled},
		well:  span{10 * time.Second, 40 * time.Second}, away: span{100 * time.Millisecond, 4 * time.Second},
	}
	temporalHabit = habit{
		kinds: []kind{temporalKilled},
		well:  span{15 * time.Second, 50 * time.Second}, away: span{100 * time.Millisecond, 4 * time.Second},
	}
	mailHabit = habit{
		kinds: []kind{mailGone, mailBusy, mailCut},
		well:  span{5 * time.Second, 20 * time.Second}, away: span{500 * time.Millisecond, 6 * time.Second},
	}
)

// fault is that a target fails, and for how long.
type fault struct {
	at, away time.Duration
	target   target
	kind     kind
}

// paths are those that the disputes take.
var paths = slices.Concat(parties.Paths, parties.LatePaths)

// opening is that a case is opened.
type opening struct {
	at   time.Duration
	path int
}

// plan is what happens in a run. Instants are counted from its beginning.
type plan struct {
	seed     uint64
	length   time.Duration
	openings []opening
	faults   []fault
}

// Of the length of a run, disputes are opened in this part and faults happen in that; then everything is left in
// peace and has to come to its end.
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
	for n := range workers {
		p.fail(r, workerTarget(n), workerHabit)
	}
	p.fail(r, postgresTarget, postgresHabit)
	p.fail(r, temporalTarget, temporalHabit)
	p.fail(r, mailTarget, mailHabit)
	slices.SortStableFunc(p.faults, func(a, b fault) int { return cmp.Compare(a.at, b.at) })
	return p
}

// fail plans the faults of one target.
func (p *plan) fail(r *rand.Rand, target target, h habit) {
	end := time.Duration(faultPart * float64(p.length))
	for at := h.well.pick(r); at < end; {
		f := fault{at: at, away: h.away.pick(r), target: target, kind: h.kinds[r.IntN(len(h.kinds))]}
		p.faults = append(p.faults, f)
		at += f.away + h.well.pick(r)
	}
}

// of lists the faults of one target, in the order of time.
func (p *plan) of(target target) []fault {
	var faults []fault
	for _, f := range p.faults {
		if f.target == target {
			faults = append(faults, f)
		}
	}
	return faults
}

// cases are the disputes of the plan, in the order of their openings.
func (p *plan) cases() []parties.Case {
	var cases []parties.Case
	for n, o := range p.openings {
		cases = append(cases, parties.NewCase(fmt.Sprintf("chaos-%04d", n), n, paths[o.path]))
	}
	return cases
}

// fingerprint tells plans apart.
func (p *plan) fingerprint() string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%v %v", p.openings, p.faults))
	return hex.EncodeToString(sum[:6])
}
