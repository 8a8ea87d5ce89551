package main

import (
	"bytes"
	"context"
	"net/http"
	"strings"

	"github.com/google/pprof/profile"
)

// share is a part of the machine's work.
type share string

const (
	shareTemporal share = "Temporal (a given one: everything else on the machine)"
	shareSDK      share = "worker: Temporal's SDK, gRPC"
	shareLedger   share = "worker: ledger"
	shareMail     share = "worker: mail"
	shareUs       share = "worker: the process itself"
	shareGo       share = "worker: Go's runtime"
	shareHere     share = "mail server and clients"
)

var shares = []share{shareTemporal, shareSDK, shareLedger, shareMail, shareUs, shareGo, shareHere}

// cpuShares is processor time in seconds.
type cpuShares map[share]float64

// owners say by a function's package whose time it is; the first that fits. What fits none is its caller's.
var owners = []struct {
	mark  string
	share share
}{
	{"streitfall/activities/ledger", shareLedger},
	{"modernc.org/", shareLedger},
	{"jackc/pgx", shareLedger},
	{"database/sql", shareLedger},
	{"streitfall/activities/mail", shareMail},
	{"wneessen/go-mail", shareMail},
	{"streitfall/streitfall/", shareUs},
	{"go.temporal.io/", shareSDK},
	{"google.golang.org/", shareSDK},
}

func ownerOf(function string) (share, bool) {
	for _, owner := range owners {
		if strings.Contains(function, owner.mark) {
			return owner.share, true
		}
	}
	return "", false
}

// attribute splits the time of a process by its profile.
func (c cpuShares) attribute(p *profile.Profile, seconds float64) {
	var total int64
	ours := map[share]int64{}
	for _, sample := range p.Sample {
		value := sample.Value[len(sample.Value)-1]
		total += value
		ours[sampleOwner(sample)] += value
	}
	for owner, value := range ours {
		c[owner] += seconds * float64(value) / float64(total)
	}
}

// sampleOwner is whose time a sample is: that of the innermost function that belongs to anybody.
func sampleOwner(sample *profile.Sample) share {
	for _, location := range sample.Location {
		for _, line := range location.Line {
			if owner, found := ownerOf(line.Function.Name); found {
				return owner
			}
		}
	}
	return shareGo
}

// spend finds out whose processor time something takes, on a lane.
func (s *stage) spend(ctx context.Context, l *lane, do func() error) (cpuShares, error) {
	if _, err := l.ask(ctx, http.MethodPost, "/profile"); err != nil {
		return nil, err
	}
	before, err := s.use(ctx, l)
	if err != nil {
		return nil, err
	}
	if err := do(); err != nil {
		return nil, err
	}
	after, err := s.use(ctx, l)
	if err != nil {
		return nil, err
	}
	data, err := l.ask(ctx, http.MethodGet, "/profile")
	if err != nil {
		return nil, err
	}
	taken, err := profile.Parse(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	used := after.minus(before)
	spent := cpuShares{shareTemporal: used.temporal.Seconds(), shareHere: used.here.Seconds()}
	spent.attribute(taken, used.worker.Seconds())
	return spent, nil
}
