package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/sethvargo/go-retry"
	"golang.org/x/sync/errgroup"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/parties"
	"github.com/streitfall/streitfall/starter/process"
)

const (
	// merchantCount is how many merchants have the disputes that visitors look at.
	merchantCount = 10
	// disputesPerSecond is how many disputes run while visitors look.
	disputesPerSecond = 10
)

// visitReport is what visitors of the portal have seen while disputes ran.
type visitReport struct {
	// Latencies are in milliseconds, by kind of request and quantile, from the instant at which a request was due.
	Latencies map[visit]map[string]float64 `json:"latencies"`
	Requests  map[visit]int                `json:"requests"`
	Errors    map[visit]int                `json:"errors"`
	// Memory is the largest resident set of the portal's process in MB; 0 where there is no /proc.
	Memory float64 `json:"memory"`
	// Ran is the number of disputes that were opened and settled meanwhile.
	Ran int `json:"ran"`
}

// portal measures the portal's pages beside many disputes, while others run.
func (p *plan) portal(ctx context.Context, bed *testbed) (result, error) {
	s := bed.systems[ours]
	shown, running := s.casesOf("shown", p.Disputes), s.casesOf("running", disputesPerSecond*p.Seconds)
	in := dispute.Import{Merchants: merchants()}
	for _, i := range slices.Concat(shown.items, running.items) {
		in.Invoices = append(in.Invoices, i.Invoice)
	}
	if _, err := s.Ledger.Import(ctx, in); err != nil {
		return nil, err
	}
	if err := fill(ctx, s.LedgerURL, p.Open-p.Disputes, p.Closed); err != nil {
		return nil, fmt.Errorf("fill the ledger: %w", err)
	}
	fmt.Fprintf(bed.messages, "%d open and %d closed disputes are in the ledger\n", p.Open-p.Disputes, p.Closed)
	s.restart()
	shown.clients = p.Clients
	if err := shown.open(ctx); err != nil {
		return nil, err
	}
	site, err := p.servePortal(ctx, s)
	if err != nil {
		return nil, err
	}
	report, err := p.visit(ctx, site, shown, running)
	report.Memory = peakMemory(site.server.Process().PID())
	fmt.Fprint(bed.messages, site.server.Process().Logs())
	return report, errors.Join(err, site.server.Stop())
}

// visit sends the requests while disputes run.
func (p *plan) visit(ctx context.Context, at *site, shown, running *batch) (visitReport, error) {
	visitors, err := at.signIn(ctx, shown)
	if err != nil {
		return visitReport{}, err
	}
	running.system.restart()
	var report visitReport
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error { return running.trickle(ctx) })
	group.Go(func() error {
		report = visitors.visit(ctx, p.Rate*p.Seconds, time.Second/time.Duration(p.Rate))
		return ctx.Err()
	})
	err = group.Wait()
	report.Ran = len(running.items)
	return report, err
}

// trickle runs the disputes of a batch, one each tenth of a second: each is opened and then agreed on.
func (b *batch) trickle(ctx context.Context) error {
	group, ctx := errgroup.WithContext(ctx)
	ticks := time.NewTicker(time.Second / disputesPerSecond)
	defer ticks.Stop()
	for _, i := range b.items {
		select {
		case <-ticks.C:
		case <-ctx.Done():
			return group.Wait()
		}
		group.Go(func() error {
			if err := b.openOne(ctx, i); err != nil {
				return err
			}
			return retry.Do(ctx, retry.WithMaxDuration(time.Minute, retry.NewConstant(100*time.Millisecond)), func(ctx context.Context) error {
				if b.system.at(waitingFor(dispute.WaitAgreement), i.Dispute.ID).IsZero() {
					return retry.RetryableError(fmt.Errorf("dispute %s does not wait for an agreement", i.Dispute.ID))
				}
				return b.agree(ctx, i)
			})
		})
	}
	if err := group.Wait(); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Minute)
	defer cancel()
	return b.system.await(ctx, agreement, ended, len(b.items))
}

// casesOf returns disputes of the merchants whose lists are looked at.
func (s *system) casesOf(name string, count int) *batch {
	b := &batch{system: s, paths: map[path]int{agreement: count, every: count}}
	all := merchants()
	for n := range count {
		c := parties.NewCase(fmt.Sprintf("%s-%s-%d", agreement, name, n), n, parties.Path{})
		c.Merchant = all[merchantOf(n)]
		c.Invoice.MerchantID, c.Dispute.MerchantID = c.Merchant.ID, c.Merchant.ID
		b.items = append(b.items, &item{Case: c, path: agreement})
	}
	return b
}

func merchants() (all []dispute.Merchant) {
	for n := range merchantCount {
		id := fmt.Sprint("m-", n)
		all = append(all, dispute.Merchant{
			ID: id, Name: "Nordlicht GmbH", Email: "shop@" + id + ".example", Locale: "de-DE", PortalActive: n%2 == 0,
		})
	}
	return all
}

// merchantOf returns the number of the merchant of a dispute: a large one has 30 % of all, and small ones have 5 % each. The
// rows of fill have the same shares.
func merchantOf(n int) int {
	if n%4 == 0 {
		return 0
	}
	return n % merchantCount
}

// site is the portal as a process of its own.
type site struct {
	server *process.Server
	url    string
	keys   link.Keys
}

// portalKeys sign the links of a measurement.
const portalKeys = "k1:AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="

// servePortal starts the portal of the starter, which it builds if none is given.
func (p *plan) servePortal(ctx context.Context, s *system) (*site, error) {
	program := p.Starter
	if program == "" {
		program = filepath.Join(s.Dir, "starter")
		build := exec.CommandContext(ctx, "go", "build", "-o", program, "github.com/streitfall/streitfall/starter")
		if _, err := process.Run(ctx, build); err != nil {
			return nil, fmt.Errorf("build the starter: %w", err)
		}
	}
	at := &site{}
	err := process.OnFreePorts(1, func(ports []int) (err error) {
		addr := fmt.Sprintf("%s:%d", process.Host, ports[0])
		at.url = "http://" + addr
		variables := s.Variables()
		variables["PORTAL_URL"], variables["PORTAL_ADDR"], variables["PORTAL_KEYS"] = at.url, addr, portalKeys
		variables["FILES_URL"], variables["LOG_LEVEL"] = "file:"+filepath.Join(s.Dir, "files"), "warn"
		at.server = process.NewServer(process.Program{
			Name: "the portal", Remove: func() error { return nil }, Ready: at.ready,
			Command: func() *exec.Cmd {
				cmd := exec.Command(program, "portal")
				cmd.Env = os.Environ()
				for name, value := range variables {
					cmd.Env = append(cmd.Env, name+"="+value)
				}
				return cmd
			},
		})
		return at.server.Launch(ctx)
	})
	if err != nil {
		return nil, fmt.Errorf("start the portal: %w", err)
	}
	at.keys, err = link.ParseKeys(portalKeys)
	return at, err
}

// peakMemory returns the largest resident set that a process has had, in MB.
func peakMemory(pid int) (megabytes float64) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, peak, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes float64
	_, _ = fmt.Sscan(peak, &kilobytes)
	return kilobytes * 1024 / 1e6
}

func (r visitReport) print(out io.Writer) {
	table := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	fmt.Fprintln(table, "ms\trequests\terrors\tp50\tp95\tp99")
	for _, kind := range visits {
		fmt.Fprintf(table, "%s\t%d\t%d", kind, r.Requests[kind], r.Errors[kind])
		for _, q := range quantiles {
			fmt.Fprintf(table, "\t%.1f", r.Latencies[kind][q.name])
		}
		fmt.Fprintln(table)
	}
	_ = table.Flush()
	fmt.Fprintf(out, "\nmemory of the portal, at most: %.0f MB\ndisputes opened and settled meanwhile: %d\n", r.Memory, r.Ran)
}
