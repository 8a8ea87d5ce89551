package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/sethvargo/go-retry"

	"github.com/streitfall/streitfall/dispute/link"
	"github.com/streitfall/streitfall/starter/portal/pages"
	"github.com/streitfall/streitfall/starter/process"
)

// visit is a kind of request to the portal.
type visit string

// The kinds of requests.
const (
	visitList visit = "list"
	visitCase visit = "case"
	visitAct  visit = "act"
)

var visits = []visit{visitList, visitCase, visitAct}

// visitMix are the kinds of ten requests.
var visitMix = []visit{visitList, visitList, visitCase, visitList, visitList, visitCase, visitList, visitList, visitCase, visitAct}

// browser keeps a connection for each request that is under way.
var browser = &http.Client{
	Transport:     &http.Transport{MaxIdleConnsPerHost: 100},
	CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	Timeout:       30 * time.Second,
}

func (s *site) ready(ctx context.Context, _ *process.Process) error {
	return retry.Constant(ctx, 50*time.Millisecond, func(ctx context.Context) error {
		_, err := s.send(ctx, http.MethodGet, "/readyz", "", nil, http.StatusOK, "")
		return retry.RetryableError(err)
	})
}

// send sends a request of a session, "" for none, and returns the cookies of the answer. It fails unless the answer has the
// status and the text.
func (s *site) send(ctx context.Context, method, path, session string, form url.Values, want int, text string) ([]*http.Cookie, error) {
	request, err := http.NewRequestWithContext(ctx, method, s.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		return nil, err
	}
	request.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	request.Header.Set("Sec-Fetch-Site", "same-origin")
	request.Header.Set("Cookie", session)
	response, err := browser.Do(request)
	if err != nil {
		return nil, err
	}
	content, err := io.ReadAll(response.Body)
	if err = errors.Join(err, response.Body.Close()); err == nil && (response.StatusCode != want || !strings.Contains(string(content), text)) {
		err = fmt.Errorf("%s %s: %s\n%.300s", method, path, response.Status, content)
	}
	return response.Cookies(), err
}

// visitors are merchants and customers who have signed in.
type visitors struct {
	site  *site
	shown []*item
	// merchants and customers are the cookies of sessions, of each merchant and of the customers of the first disputes.
	merchants, customers []string

	messages io.Writer

	mu     sync.Mutex
	took   map[visit][]time.Duration
	failed map[visit]int
}

// customerCount is how many customers sign in: fewer than the strangers' limit of one address.
const customerCount = 25

func (s *site) signIn(ctx context.Context, shown *batch) (*visitors, error) {
	v := &visitors{site: s, shown: shown.items, messages: shown.system.messages, took: map[visit][]time.Duration{}, failed: map[visit]int{}}
	expires := time.Now().Add(time.Hour)
	for _, merchant := range merchants() {
		session, err := s.enter(ctx, link.Claim{Role: link.RoleMerchant, Merchant: merchant.ID, Expires: expires}, merchant.Email)
		if err != nil {
			return nil, err
		}
		v.merchants = append(v.merchants, session)
	}
	for _, i := range shown.items[:min(customerCount, len(shown.items))] {
		claim := link.Claim{Role: link.RoleCustomer, Dispute: i.Dispute.ID, Expires: expires}
		session, err := s.enter(ctx, claim, i.Dispute.Complainant.Email)
		if err != nil {
			return nil, err
		}
		v.customers = append(v.customers, session)
	}
	return v, nil
}

// enter uses a link and returns the cookie of the session.
func (s *site) enter(ctx context.Context, claim link.Claim, address string) (string, error) {
	token, err := s.keys.Sign(claim, address)
	if err != nil {
		return "", err
	}
	cookies, err := s.send(ctx, http.MethodPost, pages.LinkPath(token), "", nil, http.StatusSeeOther, "")
	if err != nil {
		return "", err
	}
	for _, cookie := range cookies {
		if cookie.Name == "__Host-session" {
			return cookie.Name + "=" + cookie.Value, nil
		}
	}
	return "", errors.New("the portal has set no session")
}

// visit sends so many requests, one each interval, whether or not those before were answered.
func (v *visitors) visit(ctx context.Context, count int, interval time.Duration) visitReport {
	var all sync.WaitGroup
	began := time.Now()
	for n := range count {
		due := began.Add(time.Duration(n) * interval)
		select {
		case <-time.After(time.Until(due)):
		case <-ctx.Done():
		}
		all.Go(func() { v.count(visitMix[n%len(visitMix)], due, v.one(ctx, n)) })
	}
	all.Wait()
	r := visitReport{Latencies: map[visit]map[string]float64{}, Requests: map[visit]int{}, Errors: v.failed}
	for kind, took := range v.took {
		r.Requests[kind], r.Latencies[kind] = len(took), map[string]float64{}
		for _, q := range quantiles {
			r.Latencies[kind][q.name] = milliseconds(quantile(took, q.part))
		}
	}
	return r
}

// one sends the request of a number, for a dispute by chance, of its merchant or its customer.
func (v *visitors) one(ctx context.Context, n int) (err error) {
	random := rand.New(rand.NewPCG(1, uint64(n))) // the same requests in each measurement
	i := random.IntN(len(v.shown))
	merchant := v.merchants[merchantOf(i)]
	session := merchant
	if n%3 == 0 {
		i %= len(v.customers)
		session = v.customers[i]
	}
	id := v.shown[i].Dispute.ID
	switch visitMix[n%len(visitMix)] {
	case visitList:
		tab := url.Values{pages.FieldTab: {string(pages.Tabs[random.IntN(len(pages.Tabs))])}}
		_, err = v.site.send(ctx, http.MethodGet, pages.PathList+"?"+tab.Encode(), merchant, nil, http.StatusOK, "")
	case visitCase:
		form := pages.ActPath(id, pages.ActRespond) // which is missing while Temporal has no answer
		_, err = v.site.send(ctx, http.MethodGet, pages.CasePath(id), session, nil, http.StatusOK, form)
	case visitAct:
		form := url.Values{pages.FieldForm: {uuid.NewString()}, pages.FieldMessage: {"Wir haben beim Paketdienst nachgefragt."}}
		_, err = v.site.send(ctx, http.MethodPost, pages.ActPath(id, pages.ActRespond), session, form, http.StatusSeeOther, "")
	}
	return err
}

func (v *visitors) count(kind visit, due time.Time, err error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.took[kind] = append(v.took[kind], time.Since(due))
	if err != nil {
		if v.failed[kind]++; v.failed[kind] <= 3 {
			fmt.Fprintf(v.messages, "%s: %v\n", kind, err)
		}
	}
}
