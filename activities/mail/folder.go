package mail

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/streitfall/streitfall/dispute"
)

// Folder writes mails as .eml files instead of sending them: nobody is reached. It is safe for concurrent use.
type Folder struct {
	composer *composer
	dir      string
}

// NewFolder returns a Folder that writes to dir, which it creates if necessary.
func NewFolder(dir string, from Sender) (*Folder, error) {
	composer, err := newComposer(from)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the mail folder: %w", err)
	}
	return &Folder{composer: composer, dir: dir}, nil
}

// Send writes one mail and answers with its file's name, which follows from the notice's key: a mail that is sent again
// replaces the first one. An invalid address is a *dispute.Refusal of CodeMessageRefused.
func (f *Folder) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	mail, err := f.composer.compose(notice, time.Now())
	if err != nil {
		return "", err
	}
	return f.deliver(ctx, mail)
}

// deliver writes one mail.
func (f *Folder) deliver(_ context.Context, mail message) (answer string, err error) {
	file := mail.name + ".eml"
	if err := replace(filepath.Join(f.dir, file), mail.data); err != nil {
		return "", fmt.Errorf("write the mail: %w", err)
	}
	return "written to " + file, nil
}

// replace writes a file atomically.
func replace(path string, data []byte) error {
	part, err := os.CreateTemp(filepath.Dir(path), ".part-*")
	if err != nil {
		return err
	}
	_, err = part.Write(data)
	if err = errors.Join(err, part.Close()); err == nil {
		err = os.Rename(part.Name(), path)
	}
	if err != nil {
		_ = os.Remove(part.Name())
	}
	return err
}
