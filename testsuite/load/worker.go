package main

import (
	"bytes"
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"runtime/pprof"
	"sync"
	"syscall"
	"time"

	"go.temporal.io/sdk/client"
	"go.temporal.io/sdk/contrib/envconfig"
	"go.temporal.io/sdk/interceptor"
	sdklog "go.temporal.io/sdk/log"

	"github.com/streitfall/streitfall/worker/assembly"
)

// What a worker's environment says beside what it does in life.
const (
	envMode    = "LOAD_MODE"
	envAddress = "LOAD_ADDRESS"
	envLog     = "LOAD_LOG"
)

// work is what a process does that has been started as a worker. The result is its exit code.
func work() int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := workAs(ctx, mode(os.Getenv(envMode)), os.Getenv(envAddress), os.Getenv(envLog)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

// workAs runs the assembled worker with its metrics, as in production, in one of the modes. Warnings and errors go to
// a file.
func workAs(ctx context.Context, m mode, address, log string) error {
	config, err := assembly.ConfigFromEnv(os.Getenv)
	if err != nil {
		return err
	}
	options, err := envconfig.LoadDefaultClientOptions()
	if err != nil {
		return err
	}
	metrics, err := assembly.NewMetrics()
	if err != nil {
		return err
	}
	said, err := os.Create(log)
	if err != nil {
		return err
	}
	defer said.Close() //nolint:errcheck // it is read while we write
	logger := assembly.Log{Level: slog.LevelWarn, Format: assembly.LogText}.New(said)
	staging := &staging{mode: m, seen: newMilestones()}
	options.Logger, options.MetricsHandler = sdklog.NewStructuredLogger(logger), metrics.Client()
	options.Interceptors = []interceptor.ClientInterceptor{staging}
	temporal, err := client.DialContext(ctx, options)
	if err != nil {
		return err
	}
	defer temporal.Close()
	worker, err := assembly.New(ctx, temporal, options.Namespace, config, logger)
	if err != nil {
		return err
	}
	stop, err := serve(ctx, address, worker.Handler(metrics), staging.seen)
	if err != nil {
		return err
	}
	defer stop()
	fmt.Fprintln(os.Stdout, "taking disputes")
	return worker.Run(ctx)
}

// serve answers whoever measures the worker.
func serve(ctx context.Context, address string, operations http.Handler, seen *milestones) (stop func(), err error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	profile := &cpuProfile{}
	mux := http.NewServeMux()
	mux.Handle("GET /", operations)
	mux.Handle("GET /await", seen)
	mux.HandleFunc("POST /settled", seen.takeSettled)
	mux.HandleFunc("POST /profile", profile.start)
	mux.HandleFunc("GET /profile", profile.end)
	server := &http.Server{Handler: mux, ReadHeaderTimeout: time.Minute}
	go func() { _ = server.Serve(listener) }() // it ends when we end it
	return func() { _ = server.Close() }, nil
}

// cpuProfile is what the worker spends its time on, from a POST to a GET.
type cpuProfile struct {
	mu   sync.Mutex
	data bytes.Buffer
}

func (p *cpuProfile) start(out http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.data.Reset()
	if err := pprof.StartCPUProfile(&p.data); err != nil {
		http.Error(out, err.Error(), http.StatusConflict)
	}
}

func (p *cpuProfile) end(out http.ResponseWriter, _ *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	pprof.StopCPUProfile()
	_, _ = out.Write(p.data.Bytes())
}
