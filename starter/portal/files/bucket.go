package files

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"github.com/minio/minio-go/v7"
	"github.com/minio/minio-go/v7/pkg/credentials"
)

const (
	// answerTimeout is how long a server of S3 may take to accept a connection, for its TLS handshake, and then to answer.
	answerTimeout = 10 * time.Second
	// attempts is how often it is asked. The library's ten of a minute each would keep a person waiting, and the portal from
	// starting, for longer than anyone waits.
	attempts = 3
)

// bucket is a store in a bucket of S3.
type bucket struct {
	client *minio.Client
	name   string
}

func openBucket(ctx context.Context, u *url.URL, timeout time.Duration) (Store, error) {
	options, endpoint, err := bucketOptions(u, timeout)
	if err != nil {
		return nil, err
	}
	client, err := minio.New(endpoint, options)
	if err != nil {
		return nil, fmt.Errorf("FILES_URL: %w", err)
	}
	exists, err := client.BucketExists(ctx, u.Host)
	if err != nil {
		return nil, fmt.Errorf("FILES_URL: ask %s for the bucket %s: %w", endpoint, u.Host, err)
	}
	if !exists {
		return nil, fmt.Errorf("FILES_URL: %s has no bucket %s; create it first", endpoint, u.Host)
	}
	return bucket{client, u.Host}, nil
}

func bucketOptions(u *url.URL, timeout time.Duration) (options *minio.Options, endpoint string, err error) {
	if u.Host == "" || strings.Trim(u.Path, "/") != "" || u.User != nil {
		return nil, "", errors.New(allowedURLs)
	}
	given := u.Query()
	for name := range given {
		if name != "endpoint" && name != "region" {
			return nil, "", fmt.Errorf("FILES_URL has the unknown parameter %q; %s", name, allowedURLs)
		}
	}
	if os.Getenv("AWS_ACCESS_KEY_ID") == "" || os.Getenv("AWS_SECRET_ACCESS_KEY") == "" {
		return nil, "", errors.New("FILES_URL names a bucket, but AWS_ACCESS_KEY_ID or AWS_SECRET_ACCESS_KEY is not set")
	}
	region := given.Get("region")
	if region == "" {
		region = os.Getenv("AWS_REGION")
	}
	at, err := url.Parse(given.Get("endpoint"))
	if given.Get("endpoint") == "" {
		at = &url.URL{Scheme: "https", Host: "s3.amazonaws.com"}
	}
	if err != nil || at.Host == "" || at.Scheme != "https" && at.Scheme != "http" || strings.Trim(at.Path, "/") != "" {
		return nil, "", errors.New("FILES_URL: endpoint must be http(s)://HOST or http(s)://HOST:PORT; " + allowedURLs)
	}
	transport, err := minio.DefaultTransport(at.Scheme == "https")
	if err != nil {
		return nil, "", fmt.Errorf("FILES_URL: %w", err)
	}
	transport.DialContext = (&net.Dialer{Timeout: timeout}).DialContext
	transport.TLSHandshakeTimeout, transport.ResponseHeaderTimeout = timeout, timeout
	return &minio.Options{
		Creds: credentials.NewEnvAWS(), Secure: at.Scheme == "https", Region: region, Transport: transport, MaxRetries: attempts,
	}, at.Host, nil
}

func (b bucket) Put(ctx context.Context, name string, content io.Reader, size int64) error {
	_, err := b.client.PutObject(ctx, b.name, name, content, size, minio.PutObjectOptions{DisableMultipart: true})
	return err
}

func (b bucket) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	object, err := b.client.GetObject(ctx, b.name, name, minio.GetObjectOptions{})
	if err != nil {
		return nil, absent(err)
	}
	if _, err := object.Stat(); err != nil { // GetObject does not ask yet
		return nil, errors.Join(absent(err), object.Close())
	}
	return object, nil
}

func absent(err error) error {
	if minio.ToErrorResponse(err).StatusCode == http.StatusNotFound {
		return fmt.Errorf("%w: %w", fs.ErrNotExist, err)
	}
	return err
}

func (b bucket) Delete(ctx context.Context, name string) error {
	return b.client.RemoveObject(ctx, b.name, name, minio.RemoveObjectOptions{})
}

func (b bucket) List(ctx context.Context, dir string) iter.Seq2[Object, error] {
	options := minio.ListObjectsOptions{Recursive: true}
	if dir != "" {
		options.Prefix = dir + "/"
	}
	return func(yield func(Object, error) bool) {
		for object := range b.client.ListObjectsIter(ctx, b.name, options) {
			if !yield(Object{Name: object.Key, ModifiedAt: object.LastModified}, object.Err) || object.Err != nil {
				return
			}
		}
	}
}
