package files

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"net/http"
	"os"
)

// spool is a content on this machine: whole, with its hash, before anything is done with it.
type spool struct {
	file   *os.File
	size   int64
	sha256 string
}

// newSpool reads a content, of which no more than limit bytes are taken. Nothing of it stays behind, whatever ends the
// process, on systems that let an open file be removed.
func newSpool(content io.Reader, limit int64) (*spool, error) {
	file, err := os.CreateTemp("", "streitfall-file-*")
	if err != nil {
		return nil, err
	}
	s := &spool{file: file}
	_ = os.Remove(file.Name()) // close does it where this fails
	hash := sha256.New()
	s.size, err = io.Copy(io.MultiWriter(file, hash), io.LimitReader(content, limit+1))
	if err == nil {
		_, err = file.Seek(0, io.SeekStart)
	}
	if err != nil {
		return nil, errors.Join(err, s.close())
	}
	s.sha256 = hex.EncodeToString(hash.Sum(nil))
	return s, nil
}

func (s *spool) close() error {
	err := s.file.Close()
	_ = os.Remove(s.file.Name())
	return err
}

// bytes returns the whole content.
func (s *spool) bytes() ([]byte, error) {
	content := make([]byte, s.size)
	_, err := s.file.ReadAt(content, 0)
	return content, err
}

// receive reads an upload.
func receive(ctx context.Context, content io.Reader) (*spool, error) {
	s, err := newSpool(content, MaxSize)
	if _, tooLarge := errors.AsType[*http.MaxBytesError](err); tooLarge {
		return nil, &Refusal{Reason: ReasonTooLarge, Cause: err}
	}
	if errors.Is(err, io.ErrUnexpectedEOF) || err != nil && ctx.Err() != nil {
		return nil, &Refusal{Reason: ReasonIncomplete, Cause: err}
	}
	if err != nil {
		return nil, err
	}
	switch {
	case s.size == 0:
		return nil, errors.Join(&Refusal{Reason: ReasonEmpty}, s.close())
	case s.size > MaxSize:
		return nil, errors.Join(&Refusal{Reason: ReasonTooLarge}, s.close())
	}
	return s, nil
}
