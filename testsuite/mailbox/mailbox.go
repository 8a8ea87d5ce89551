// Package mailbox is a mail server for tests: a real one on this machine, which keeps what it accepts and can
// fail in the ways of mail servers.
package mailbox

import (
	"io"
	"log"
	"net"
	"strings"
	"sync"

	"github.com/emersion/go-smtp"
)

// Mailbox is a running mail server.
type Mailbox struct {
	address string

	mu      sync.Mutex // guards what follows
	mails   []Mail
	blind   bool
	refused map[string]bool
	held    map[string]chan struct{}
	trouble Trouble
	// end ends the server; nil while it is away.
	end func() error
}

// Mail is a mail that the server has accepted.
type Mail struct {
	To string
	// ID is the Message-ID.
	ID            string
	Subject, Body string
}

// Trouble is a way in which the server fails everybody.
type Trouble int

// The kinds of trouble.
const (
	// None: mails are accepted.
	None Trouble = iota
	// Busy: the sender is told to try again later (451).
	Busy
	// Cut: mails are kept, but the connection breaks before the sender learns of it.
	Cut
)

// Open starts a mail server.
func Open() (*Mailbox, error) {
	box := &Mailbox{refused: map[string]bool{}, held: map[string]chan struct{}{}, address: "127.0.0.1:0"}
	return box, box.Return()
}

// URL is what a worker's SMTP_URL takes. It stays the same over Leave and Return.
func (b *Mailbox) URL() string { return "smtp://" + b.address }

// Leave ends the server and its connections, as if its machine had failed. What it has accepted stays.
func (b *Mailbox) Leave() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.end == nil {
		return nil
	}
	err := b.end()
	b.end = nil
	return err
}

// Return starts the server once more where it was.
func (b *Mailbox) Return() error {
	listener, err := net.Listen("tcp", b.address)
	if err != nil {
		return err
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{box: b, conn: c}, nil }))
	server.Domain = "localhost"
	server.ErrorLog = log.New(io.Discard, "", 0) // it would tell of every connection that we cut
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // it ends when we end it
	}()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.address = listener.Addr().String()
	b.end = func() error {
		err := server.Close()
		_ = listener.Close() // the server may not have taken it yet
		<-served
		return err
	}
	return nil
}

// Fail makes the server fail everybody, until None.
func (b *Mailbox) Fail(trouble Trouble) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.trouble = trouble
}

// Refuse makes the server refuse a recipient for good, or accept it again.
func (b *Mailbox) Refuse(address string, yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused[address] = yes
}

// Hold makes the server take its time with the mails to a recipient: until release it has them, and answers
// nothing.
func (b *Mailbox) Hold(address string) (release func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	held := make(chan struct{})
	b.held[address] = held
	return func() { close(held) }
}

// Mails lists all mails in the order in which they were accepted.
func (b *Mailbox) Mails() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Mail(nil), b.mails...)
}

// KeepNothing makes the server take mails without reading them, as cheaply as it can.
func (b *Mailbox) KeepNothing() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.blind = true
}

// To lists the mails to a recipient whose Message-ID has the text.
func (b *Mailbox) To(address, text string) []Mail {
	var found []Mail
	for _, mail := range b.Mails() {
		if mail.To == address && strings.Contains(mail.ID, text) {
			found = append(found, mail)
		}
	}
	return found
}
