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

// Folder writes mails as .eml files instead of sending them: nobody is reached. It can be used
// concurrently.
type Folder struct {
	composer *composer
	dir      string
}

// NewFolder makes the folder if there is none. from is the sender, an address with or without a name.
func NewFolder(dir, from string) (*Folder, error) {
	composer, err := newComposer(from)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("make the mail folder: %w", err)
	}
	return &Folder{composer: composer, dir: dir}, nil
}

// Send writes one mail. The file's name follows from the notice's key, so a mail that is sent again takes
// the place of the first one. An address that cannot be one is a *dispute.Refusal of CodeMessageRefused.
func (f *Folder) Send(ctx context.Context, notice dispute.Notice) (answer string, err error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	mail, err := f.composer.compose(notice, time.Now())
	if err != nil {
		return "", err
	}
	file := mail.name + ".eml"
	if err := replace(filepath.Join(f.dir, file), mail.data); err != nil {
		return "", fmt.Errorf("write the mail: %w", err)
	}
	return "written to " + file, nil
}

// replace writes a file so that nobody ever sees a part of it.
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
