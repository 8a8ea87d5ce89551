package files

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"iter"
	"os"
	"path"
)

// folder is a store in a folder of this machine. Everything goes through os.Root, which follows no path out of it.
type folder struct {
	root *os.Root
}

func openFolder(dir string, makeFolder func(string, os.FileMode) error) (Store, error) {
	if err := makeFolder(dir, 0o700); err != nil {
		return nil, fmt.Errorf("FILES_URL: create the folder: %w", err)
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("FILES_URL: open the folder: %w", err)
	}
	return folder{root}, nil
}

// partSuffix ends the names of contents that are not whole.
const partSuffix = ".part"

// Put writes to a name of its own and renames it when everything is on the disk.
func (f folder) Put(_ context.Context, name string, content io.Reader, size int64) error {
	part := name + "." + rand.Text() + partSuffix
	file, err := f.create(part)
	if err != nil {
		return err
	}
	written, err := io.Copy(file, content)
	if err == nil && written != size {
		err = fmt.Errorf("the content has %d bytes instead of %d", written, size)
	}
	if err == nil {
		err = file.Sync()
	}
	if err = errors.Join(err, file.Close()); err == nil {
		err = f.root.Rename(part, name)
	}
	if err == nil {
		err = errors.Join(f.sync(path.Dir(name)), f.sync("."))
	}
	if err != nil {
		return errors.Join(err, f.remove(part))
	}
	return nil
}

// create creates a file with its folder, which a Delete of another file may remove at the same time.
func (f folder) create(name string) (file *os.File, err error) {
	for range 10 {
		if err := f.root.MkdirAll(path.Dir(name), 0o700); err != nil {
			return nil, err
		}
		file, err = f.root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
		if !errors.Is(err, fs.ErrNotExist) {
			break
		}
	}
	return file, err
}

// sync makes the names in a folder durable.
func (f folder) sync(dir string) error {
	opened, err := f.root.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(opened.Sync(), opened.Close())
}

func (f folder) Get(_ context.Context, name string) (io.ReadCloser, error) {
	return f.root.Open(name)
}

// Delete removes the folder of the dispute too, after its last content.
func (f folder) Delete(_ context.Context, name string) error {
	if err := f.remove(name); err != nil {
		return err
	}
	_ = f.root.Remove(path.Dir(name)) // fails while others are in it
	return nil
}

func (f folder) remove(name string) error {
	if err := f.root.Remove(name); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (f folder) List(_ context.Context, dir string) iter.Seq2[Object, error] {
	if dir == "" {
		dir = "."
	}
	return func(yield func(Object, error) bool) {
		err := fs.WalkDir(f.root.FS(), dir, func(name string, entry fs.DirEntry, err error) error {
			if err != nil || entry.IsDir() {
				return gone(err)
			}
			info, err := entry.Info()
			if err != nil {
				return gone(err)
			}
			if !yield(Object{Name: name, ModifiedAt: info.ModTime()}, nil) {
				return fs.SkipAll
			}
			return nil
		})
		if err != nil {
			yield(Object{}, err)
		}
	}
}

// gone returns no error for a file that was removed while it was listed.
func gone(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
