package strict

import (
	"fmt"
	"slices"
	"strings"
)

// Fault is one thing that is wrong with an input.
type Fault struct {
	// Path is the JSON path of the field, such as "disputedAmount.currency"; empty for the whole input.
	Path string `json:"path"`
	// Problem says what is wrong and what is allowed, in words that follow the path.
	Problem string `json:"problem"`
}

// MaxFaults limits how many faults are listed, so that an answer stays small whatever was sent.
const MaxFaults = 100

// Faults lists everything that is wrong with an input, so that its author can correct all of it at once. A problem
// never repeats the value: faults are logged, and values can be personal.
type Faults []Fault

// Add appends a fault. The fault after MaxFaults says that there are more, and later ones are dropped.
func (f *Faults) Add(path, format string, args ...any) {
	switch {
	case len(*f) < MaxFaults:
		*f = append(*f, Fault{Path: path, Problem: fmt.Sprintf(format, args...)})
	case len(*f) == MaxFaults:
		*f = append(*f, Fault{Problem: fmt.Sprintf("the input has more faults than these %d", MaxFaults)})
	}
}

// AddOnce appends a fault unless Has reports one for the path: a field of the wrong type is not missing as well.
func (f *Faults) AddOnce(path, format string, args ...any) {
	if !f.Has(path) {
		f.Add(path, format, args...)
	}
}

// Has reports whether the path, or an object or list that contains it, has a fault.
func (f Faults) Has(path string) bool {
	return slices.ContainsFunc(f, func(fault Fault) bool {
		inside, ok := strings.CutPrefix(path, fault.Path)
		return ok && (inside == "" || inside[0] == '.' || inside[0] == '[')
	})
}

// Unreadable reports whether the whole input has a fault: it is not a JSON object, or has too many faults. Checks
// of single fields would then only add noise.
func (f Faults) Unreadable() bool {
	return slices.ContainsFunc(f, func(fault Fault) bool { return fault.Path == "" })
}

// String joins the faults to one line.
func (f Faults) String() string {
	lines := make([]string, len(f))
	for i, fault := range f {
		lines[i] = strings.TrimPrefix(fault.Path+": "+fault.Problem, ": ")
	}
	return strings.Join(lines, "; ")
}
