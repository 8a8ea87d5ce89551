// Package s3 runs a real S3 server for tests: the Versity S3 Gateway on a folder. It is the versitygw on PATH, or, in a gate
// (CI=true), the one of versitygw.mod, which Go builds; otherwise Start fails with ErrMissing.
package s3

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"

	"github.com/streitfall/streitfall/starter/process"
)

// ErrMissing means that there is no versitygw.
var ErrMissing = errors.New("versitygw is not on PATH; with CI=true Go builds it")

// readyPoll is the interval of connection attempts during a start.
const readyPoll = 20 * time.Millisecond

// Server is an S3 server in a process of its own. Stop removes its data.
type Server struct {
	*process.Server
	// AccessKey and SecretKey are the credentials of its user.
	AccessKey, SecretKey string
	dir, program         string
	port                 int
}

// Start creates a server and returns when it answers. The context bounds the start, not the life of the server.
func Start(ctx context.Context) (*Server, error) {
	program, err := findProgram(ctx)
	if err != nil {
		return nil, fmt.Errorf("start versitygw: %w", err)
	}
	dir, err := os.MkdirTemp("", "streitfall-s3-")
	if err != nil {
		return nil, fmt.Errorf("start versitygw: %w", err)
	}
	s := &Server{AccessKey: "test", SecretKey: rand.Text(), dir: dir, program: program}
	for _, folder := range []string{s.Data(), filepath.Join(dir, "meta")} {
		err = errors.Join(err, os.Mkdir(folder, 0o700))
	}
	s.Server = process.NewServer(process.Program{
		Name: "versitygw", Command: s.command, Ready: s.ready, Remove: func() error { return os.RemoveAll(dir) },
	})
	if err == nil {
		err = process.OnFreePorts(1, func(ports []int) error {
			s.port = ports[0]
			return s.Launch(ctx)
		})
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("start versitygw: %w", err), os.RemoveAll(dir))
	}
	return s, nil
}

func findProgram(ctx context.Context) (string, error) {
	if program, err := exec.LookPath("versitygw"); err == nil {
		return program, nil
	}
	if os.Getenv("CI") != "true" {
		return "", ErrMissing
	}
	_, source, _, _ := runtime.Caller(0)
	cmd := exec.Command("go", "tool", "-modfile=versitygw.mod", "-n", "versitygw")
	cmd.Dir = filepath.Dir(source)
	return process.Run(ctx, cmd)
}

// Data is the folder in which each bucket is a folder, and each object a file.
func (s *Server) Data() string { return filepath.Join(s.dir, "data") }

// Host is the server's address.
func (s *Server) Host() string { return net.JoinHostPort(process.Host, strconv.Itoa(s.port)) }

// CreateBucket creates an empty bucket.
func (s *Server) CreateBucket(ctx context.Context, name string) error {
	client, err := minio.New(s.Host(), &minio.Options{Creds: credentials.NewStaticV4(s.AccessKey, s.SecretKey, "")})
	if err != nil {
		return err
	}
	return client.MakeBucket(ctx, name, minio.MakeBucketOptions{})
}

func (s *Server) command() *exec.Cmd {
	cmd := exec.Command(s.program, "--port", s.Host(), "--quiet", "--health", "/health",
		"posix", "--sidecar", filepath.Join(s.dir, "meta"), s.Data()) // not every file system has extended attributes
	cmd.Env = append(os.Environ(), "ROOT_ACCESS_KEY="+s.AccessKey, "ROOT_SECRET_KEY="+s.SecretKey)
	return cmd
}

func (s *Server) ready(ctx context.Context, _ *process.Process) error {
	client := http.Client{Timeout: time.Second}
	ticker := time.NewTicker(readyPoll)
	defer ticker.Stop()
	for {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+s.Host()+"/health", http.NoBody)
		if err != nil {
			return err
		}
		if answer, err := client.Do(request); err == nil {
			_, _ = io.Copy(io.Discard, answer.Body)
			_ = answer.Body.Close()
			if answer.StatusCode == http.StatusOK {
				return nil
			}
		}
		select {
		case <-ticker.C:
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	}
}
