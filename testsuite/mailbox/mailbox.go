// Package mailbox is a mail server for tests: a real SMTP server on this machine, which keeps what it accepts and
// fails as mail servers do.
//
// It always rejects recipients whose address begins with "refused" (550), and defers those whose address begins with
// "away" (451). Like many servers it repeats the address in its reply.
package mailbox

import (
	"io"
	"log"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/emersion/go-smtp"
)

// Mailbox is a mail server.
type Mailbox struct {
	address string

	mu      sync.Mutex // guards what follows
	mails   []Mail
	discard bool
	refused map[string]bool
	held    map[string]chan struct{}
	fault   Fault
	stop    func() error // nil while the server is stopped
}

// Mail is a mail that the server has accepted.
type Mail struct {
	To string
	// ID is the Message-ID.
	ID string
	// At is when the server had all of it.
	At time.Time
	// Text is its plain text.
	Subject, Text string
}

// Fault is a way in which the server fails all senders.
type Fault int

// The faults.
const (
	// None means that mails are accepted.
	None Fault = iota
	// Busy means that senders are asked to try again later (451).
	Busy
	// Cut means that mails are kept, but the connection breaks before the reply.
	Cut
)

// Open starts a mail server.
func Open() (*Mailbox, error) {
	b := &Mailbox{refused: map[string]bool{}, held: map[string]chan struct{}{}, address: "127.0.0.1:0"}
	return b, b.Return()
}

// URL is what a worker's SMTP_URL takes. It stays the same over Leave and Return.
func (b *Mailbox) URL() string { return "smtp://" + b.address }

// Leave stops the server and breaks its connections. The mails that it has accepted are kept. Leaving again does
// nothing.
func (b *Mailbox) Leave() error {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.stop == nil {
		return nil
	}
	err := b.stop()
	b.stop = nil
	return err
}

// Return starts the server again on the same address.
func (b *Mailbox) Return() error {
	listener, err := net.Listen("tcp", b.address)
	if err != nil {
		return err
	}
	server := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) { return &session{box: b, conn: c}, nil }))
	server.Domain = "localhost"
	server.ErrorLog = log.New(io.Discard, "", 0) // it would report every connection that Cut breaks
	served := make(chan struct{})
	go func() {
		defer close(served)
		_ = server.Serve(listener) // it always ends with an error
	}()
	b.mu.Lock()
	defer b.mu.Unlock()
	b.address = listener.Addr().String()
	b.stop = func() error {
		err := server.Close()
		_ = listener.Close() // Serve may not have registered it yet
		<-served
		return err
	}
	return nil
}

// Fail sets the fault of the server.
func (b *Mailbox) Fail(fault Fault) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.fault = fault
}

// Refuse makes the server reject a recipient for good, or accept it again.
func (b *Mailbox) Refuse(address string, yes bool) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.refused[address] = yes
}

// Hold delays the replies to mails to a recipient until release is called.
func (b *Mailbox) Hold(address string) (release func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	held := make(chan struct{})
	b.held[address] = held
	return func() { close(held) }
}

// KeepNothing makes the server discard mails unread, which costs it least.
func (b *Mailbox) KeepNothing() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.discard = true
}

// Mails returns all mails in the order in which they were accepted.
func (b *Mailbox) Mails() []Mail {
	b.mu.Lock()
	defer b.mu.Unlock()
	return append([]Mail(nil), b.mails...)
}

// To returns the mails to a recipient whose Message-ID contains the text.
func (b *Mailbox) To(address, text string) []Mail {
	var found []Mail
	for _, mail := range b.Mails() {
		if mail.To == address && strings.Contains(mail.ID, text) {
			found = append(found, mail)
		}
	}
	return found
}
