package demo

import (
	"fmt"
	"io"
	"os"
	"strings"
	"sync"

	"github.com/streitfall/streitfall/dispute"
	"github.com/streitfall/streitfall/starter/terminal"
)

// worker is who acts when the worker is killed and started again. It is no party of a dispute.
const worker dispute.Party = "worker"

// colours tell the actors apart.
var colours = map[dispute.Party]terminal.Colour{
	dispute.PartyCustomer: terminal.Yellow, dispute.PartyMerchant: terminal.Cyan, dispute.PartyKlarna: terminal.Magenta,
	dispute.PartyDesk: terminal.Blue, dispute.PartyOperator: terminal.Green, worker: terminal.Red,
}

// indent is how far sentences stand from the left: behind the name of who acts.
const indent = 10

// screen prints what happens. It can be used concurrently.
type screen struct {
	mu       sync.Mutex
	out      io.Writer
	coloured bool
}

func newScreen(out io.Writer) *screen {
	return &screen{out: out, coloured: terminal.Coloured(out, os.Getenv)}
}

// acts prints a sentence whose subject is the actor: "Klarna    pauses the invoice."
func (s *screen) acts(actor dispute.Party, sentence string) {
	name := fmt.Sprintf("%-*s", indent, strings.ToUpper(string(actor[:1]))+string(actor[1:]))
	if s.coloured {
		name = terminal.Paint(name, colours[actor])
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, line := range terminal.Wrap(sentence, terminal.Columns-indent) {
		if i > 0 {
			name = strings.Repeat(" ", indent)
		}
		fmt.Fprintln(s.out, name+line)
	}
}

// prints prints a line as it is.
func (s *screen) prints(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintln(s.out, line)
}

// says prints a paragraph.
func (s *screen) says(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	fmt.Fprintln(s.out, strings.Join(terminal.Wrap(text, terminal.Columns), "\n"))
}
