package files_test

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/streitfall/streitfall/starter/portal/files"
)

func (p place) content(t *testing.T, name string) string {
	t.Helper()
	stored, err := p.Get(t.Context(), name)
	require.NoError(t, err)
	content, err := io.ReadAll(stored)
	require.NoError(t, errors.Join(err, stored.Close()))
	return string(content)
}

func (p place) put(t *testing.T, name, content string) {
	t.Helper()
	require.NoError(t, p.Put(t.Context(), name, strings.NewReader(content), int64(len(content))))
}

// TestStore: what is put is there, by its name, until it is deleted.
func TestStore(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		_, err := p.Get(t.Context(), "d-1/a")
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.NoError(t, p.Delete(t.Context(), "d-1/a"))
		require.Empty(t, p.names(t))

		p.put(t, "d-1/a", "first")
		p.put(t, "d-1/a", "second")
		p.put(t, "d-1/b", "b")
		p.put(t, "d-11/c", strings.Repeat("c", files.MaxSize))
		require.Equal(t, "second", p.content(t, "d-1/a"))
		require.Len(t, p.content(t, "d-11/c"), files.MaxSize)
		require.ElementsMatch(t, []string{"d-1/a", "d-1/b", "d-11/c"}, p.names(t))
		var listed []string
		for object, err := range p.List(t.Context(), "d-1") {
			require.NoError(t, err)
			require.False(t, object.ModifiedAt.IsZero())
			listed = append(listed, object.Name)
		}
		require.ElementsMatch(t, []string{"d-1/a", "d-1/b"}, listed)
		for object, err := range p.List(t.Context(), "d-404") {
			require.Fail(t, "the folder is empty", "%v %v", object, err)
		}

		for _, name := range p.names(t) {
			require.NoError(t, p.Delete(t.Context(), name))
		}
		require.Empty(t, p.names(t))
	})
}

// brokenReader ends with an error.
type brokenReader struct{ io.Reader }

func (b brokenReader) Read(p []byte) (int, error) {
	n, err := b.Reader.Read(p)
	if errors.Is(err, io.EOF) {
		err = errBroken
	}
	return n, err
}

var errBroken = errors.New("the line is broken")

// TestBrokenPut: a content that does not end leaves nothing, and an earlier one stays.
func TestBrokenPut(t *testing.T) {
	t.Parallel()
	onEach(t, func(t *testing.T, p place) {
		require.Error(t, p.Put(t.Context(), "d-1/a", brokenReader{strings.NewReader("abc")}, 5))
		require.Error(t, p.Put(t.Context(), "d-1/a", strings.NewReader("abc"), 5))
		require.Empty(t, p.names(t))
		p.put(t, "d-1/a", "first")
		require.Error(t, p.Put(t.Context(), "d-1/a", brokenReader{strings.NewReader("abc")}, 5))
		require.Equal(t, []string{"d-1/a"}, p.names(t))
		require.Equal(t, "first", p.content(t, "d-1/a"))
	})
}

// TestFolderUnderConcurrency: folders come and go while others use them.
func TestFolderUnderConcurrency(t *testing.T) {
	t.Parallel()
	p := folderPlace(t)
	var all sync.WaitGroup
	errs := make([]error, 8)
	for i := range errs {
		all.Go(func() {
			for n := range 20 {
				name := fmt.Sprintf("d-1/%d-%d", i, n)
				errs[i] = errors.Join(errs[i], p.Put(t.Context(), name, strings.NewReader("x"), 1), p.Delete(t.Context(), name))
			}
		})
	}
	all.Wait()
	require.NoError(t, errors.Join(errs...))
	require.Empty(t, p.names(t))
}

// TestFolderKeepsInside: a link out of the folder is not followed.
func TestFolderKeepsInside(t *testing.T) {
	t.Parallel()
	p := folderPlace(t)
	outside := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(outside, "secret"), []byte("secret"), 0o600))
	require.NoError(t, os.Symlink(outside, filepath.Join(p.folder, "d-1")))
	_, err := p.Get(t.Context(), "d-1/secret")
	require.Error(t, err)
	require.Error(t, p.Put(t.Context(), "d-1/a", strings.NewReader("a"), 1))
	_, err = p.Get(t.Context(), "../secret")
	require.Error(t, err)
	entries, err := os.ReadDir(outside)
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

// TestURLs: a URL that names no store is refused, with what is allowed.
func TestURLs(t *testing.T) {
	t.Parallel()
	for url, want := range map[string]string{
		"": "allowed are", "files": "allowed are", "file:": "allowed are", "ftp://a": "allowed are", "s3:": "allowed are", "s3://": "allowed are",
		"s3://b/prefix": "allowed are", "s3://key:secret@b": "allowed are", "s3://b?region=eu&acl=public": `unknown parameter "acl"`,
		"file:/dev/null/x": "create the folder",
	} {
		_, err := files.Open(t.Context(), url)
		require.ErrorContains(t, err, want, url)
		require.ErrorContains(t, err, "FILES_URL", url)
		require.NotContains(t, err.Error(), "secret", url)
	}
	_, err := files.OpenExisting(t.Context(), "file:"+filepath.Join(t.TempDir(), "mistyped"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	require.Equal(t, "file:"+filepath.Join("/var/lib", "files"), files.DefaultURL("sqlite:/var/lib/ledger.db"))
	require.Equal(t, "file:files", files.DefaultURL("sqlite:ledger.db"))
	require.Empty(t, files.DefaultURL("postgres://localhost/ledger"))
}

// TestBucketURLs: a bucket, server or endpoint that does not exist is named.
func TestBucketURLs(t *testing.T) {
	t.Parallel()
	if bucketServer == nil {
		t.Skip(noBucket)
	}
	for url, want := range map[string]string{
		bucketURL("absent"):                    "has no bucket absent; create it first",
		"s3://b?endpoint=127.0.0.1:1":          "endpoint must be",
		"s3://b?endpoint=http://127.0.0.1:1/x": "endpoint must be",
		"s3://b?endpoint=ftp://127.0.0.1":      "endpoint must be",
		"s3://b?endpoint=http://[::1":          "endpoint must be",
	} {
		_, err := files.Open(t.Context(), url)
		require.ErrorContains(t, err, want, url)
	}
}
