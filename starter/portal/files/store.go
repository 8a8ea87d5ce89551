package files

import (
	"context"
	"errors"
	"io"
	"iter"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// Store keeps contents by name: a folder or an S3 bucket.
type Store interface {
	// Put stores a content of size bytes. It is there as a whole or not at all, and an equal name is replaced.
	Put(ctx context.Context, name string, content io.Reader, size int64) error
	// Get reads a content. It fails with fs.ErrNotExist.
	Get(ctx context.Context, name string) (io.ReadCloser, error)
	// Delete removes a content, if it is there.
	Delete(ctx context.Context, name string) error
	// List lists what is in a folder, or in all folders for "", also what a broken Put has left behind.
	List(ctx context.Context, folder string) iter.Seq2[Object, error]
}

// Object is a content in a store.
type Object struct {
	Name       string
	ModifiedAt time.Time
}

const allowedURLs = "FILES_URL: allowed are file:PATH, such as file:/var/lib/streitfall/files, and s3://BUCKET?endpoint=https://HOST:PORT&region=REGION"

// Open opens the store at a URL: file:PATH for a folder, which is created, or s3://BUCKET?endpoint=…&region=… for a bucket,
// which must exist. The credentials of S3 come from AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
func Open(ctx context.Context, filesURL string) (Store, error) {
	return open(ctx, filesURL, os.MkdirAll)
}

// OpenExisting opens the store at a URL like Open, but creates nothing: a mistyped path is an error.
func OpenExisting(ctx context.Context, filesURL string) (Store, error) {
	return open(ctx, filesURL, func(string, os.FileMode) error { return nil })
}

func open(ctx context.Context, filesURL string, makeFolder func(string, os.FileMode) error) (Store, error) {
	scheme, rest, _ := strings.Cut(filesURL, ":")
	switch scheme {
	case "file":
		if rest == "" || strings.ContainsRune(rest, 0) {
			return nil, errors.New(allowedURLs)
		}
		return openFolder(rest, makeFolder)
	case "s3":
		u, err := url.Parse(filesURL)
		if err != nil {
			return nil, errors.New(allowedURLs)
		}
		return openBucket(ctx, u, answerTimeout)
	}
	return nil, errors.New(allowedURLs)
}

// DefaultURL is the store of a ledger without FILES_URL: the folder "files" beside a ledger in SQLite, and "" for one in
// PostgreSQL, which has no folder.
func DefaultURL(ledgerURL string) string {
	path, isFile := strings.CutPrefix(ledgerURL, "sqlite:")
	if !isFile {
		return ""
	}
	return "file:" + filepath.Join(filepath.Dir(path), "files")
}
