package pages_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/html"
)

// sound checks what holds on every page: nothing that the Content-Security-Policy forbids, one of each landmark, headings in
// order, ids that are unique, labels for all fields, and no text without a place.
func sound(t *testing.T, name, page string) {
	t.Helper()
	root, err := html.Parse(strings.NewReader(page))
	require.NoError(t, err, name)
	seen := survey{ids: map[string]bool{}, labelled: map[string]bool{}}
	seen.walk(root)
	require.Empty(t, seen.faults, name)
	for _, id := range seen.needsLabel {
		require.True(t, seen.labelled[id], "%s: %s has no label", name, id)
	}
	for _, id := range seen.refersTo {
		require.True(t, seen.ids[id], "%s: there is no %s", name, id)
	}
	require.Equal(t, 1, seen.mains, name)
	require.NotEmpty(t, seen.title, name)
	require.NotRegexp(t, `\{[a-z]+\}|ZgotmplZ|%!`, page, name)
	require.NotRegexp(t, unknownKey, text(root), name)
}

// unknownKey matches a key in the place of its text.
var unknownKey = regexp.MustCompile(`\b(app|nav|done|lead|form|fact|event|problem|confirm|closed|` +
	`result|wait|occasion|party|channel|cause|settle)\.[a-z-]+(\.[a-z_-]+)*\b`)

type survey struct {
	ids, labelled                map[string]bool
	needsLabel, refersTo, faults []string
	level, mains                 int
	title                        string
}

func (s *survey) fault(text string) { s.faults = append(s.faults, text) }

func (s *survey) walk(n *html.Node) {
	if n.Type == html.ElementNode {
		s.element(n)
	}
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		s.walk(child)
	}
}

func (s *survey) element(n *html.Node) {
	at := map[string]string{}
	for _, a := range n.Attr {
		at[a.Key] = a.Val
		if strings.HasPrefix(a.Key, "on") || a.Key == "style" {
			s.fault(n.Data + " has " + a.Key)
		}
	}
	s.names(n, at)
	switch n.Data {
	case "style", "iframe", "object", "embed", "base":
		s.fault("there is " + n.Data)
	case "script":
		if at["src"] == "" {
			s.fault("a script is in the page")
		}
	case "html":
		if at["lang"] == "" {
			s.fault("the page has no language")
		}
	case "main":
		s.mains++
	case "title":
		s.title = text(n)
	case "h1", "h2", "h3", "h4":
		s.heading(n)
	case "label":
		s.labelled[at["for"]] = true
	case "input", "textarea", "select":
		if at["type"] != "hidden" {
			s.needsLabel = append(s.needsLabel, at["id"])
		}
	case "button", "a":
		if strings.TrimSpace(text(n)) == "" {
			s.fault(n.Data + " has no text")
		}
	case "form":
		if at["action"] == "" || at["method"] == "" {
			s.fault("a form leads nowhere")
		}
	}
}

func (s *survey) names(n *html.Node, at map[string]string) {
	if id, has := at["id"]; has {
		if s.ids[id] {
			s.fault("two elements are " + id)
		}
		s.ids[id] = true
	}
	for _, name := range []string{"aria-describedby", "aria-labelledby"} {
		s.refersTo = append(s.refersTo, strings.Fields(at[name])...)
	}
	if n.Data == "a" && len(at["href"]) > 1 && at["href"][0] == '#' {
		s.refersTo = append(s.refersTo, at["href"][1:])
	}
}

// heading checks that no level is left out. The summary of what is wrong stands before the first heading.
func (s *survey) heading(n *html.Node) {
	level := int(n.Data[1] - '0')
	if s.level != 0 && level > s.level+1 {
		s.fault("a level is left out before " + text(n))
	}
	s.level = level
}

// text is what a part of a page says.
func text(n *html.Node) string {
	if n.Type == html.TextNode {
		return n.Data
	}
	var out strings.Builder
	for child := n.FirstChild; child != nil; child = child.NextSibling {
		if child.Type != html.ElementNode || child.Data != "script" {
			out.WriteString(text(child))
			out.WriteString(" ")
		}
	}
	return out.String()
}
