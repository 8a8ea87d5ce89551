package pages

import (
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"
	"golang.org/x/text/message"

	"github.com/streitfall/streitfall/dispute/plain"
)

// Form is a form on a page.
type Form struct {
	Act    Act
	Action string
	// ID makes the form take effect once; empty for a form that may take effect more often.
	ID string
	// Anchor is the form's name within the page.
	Anchor              string
	Title, Intro, After string
	Hidden              []Hidden
	Fields              []Field
	Files               *FileFields
	// Button is the text of the only button; Buttons has several.
	Button  string
	Buttons []Button
	// Problems concern the whole form.
	Problems []string

	filled Filled
}

// Hidden is a field that nobody sees.
type Hidden struct{ Name, Value string }

// Button sends a form.
type Button struct {
	Name, Value, Text string
	// Main is the one that most people want.
	Main bool
}

// The types of fields that are not of one line of text.
const (
	typeText     = "text"
	typeEmail    = "email"
	typeURL      = "url"
	typeDate     = "date"
	typeArea     = "area"
	typeChoice   = "choice"
	typeSelect   = "select"
	typeCheckbox = "checkbox"
)

// Field is a field of a form.
type Field struct {
	// ID is unique within the page.
	ID, Name, Type, Label, Hint string
	Value                       string
	Options                     []Option
	// Required fields are checked by the server: browsers' own messages are in the browser's language.
	Required, Checked bool
	// Optional is said beside the label.
	Optional                bool
	Autocomplete, InputMode string
	// Problem is what is wrong with the field.
	Problem string
}

// Option is one of several choices.
type Option struct {
	ID, Value, Label, Hint string
	Chosen                 bool
}

// DescribedBy names what describes the field, for aria-describedby.
func (f Field) DescribedBy() string {
	var names []string
	if f.Hint != "" {
		names = append(names, f.ID+"-hint")
	}
	if f.Problem != "" {
		names = append(names, f.ID+"-problem")
	}
	return strings.Join(names, " ")
}

// FirstID is where a link to the field leads: to its first choice, if it has choices.
func (f Field) FirstID() string {
	if f.Type == typeChoice && len(f.Options) > 0 {
		return f.Options[0].ID
	}
	return f.ID
}

// FileFields are the part of a form that uploads files one by one.
type FileFields struct {
	File, Kind     Field
	Upload, Remove string // paths
	Drafts         []DraftRow
	For            Act
	UploadText     string
	// Max is the largest file in bytes, and Limit says it to people.
	Max   int64
	Limit string
}

// DraftRow is a file that is uploaded and not submitted.
type DraftRow struct {
	ID, Text, Name string
}

// form begins a form of an act. What was filled in counts if it was the same act.
func (t teller) form(filled Filled, form Form) Form {
	form.filled = filled
	if form.Anchor == "" {
		form.Anchor = string(form.Act)
	}
	for _, problem := range form.filled.Problems {
		if problem.Field == "" {
			form.Problems = append(form.Problems, t.problem(problem))
		}
	}
	return form
}

// problem says what is wrong.
func (t teller) problem(p Problem) string {
	if p.Amount.Currency != "" {
		p.Limit = t.money(clean(p.Amount))
	}
	if number, err := strconv.Atoi(p.Limit); err == nil {
		p.Limit = message.NewPrinter(language.Make(t.Language.Name())).Sprint(number)
	}
	return t.say("problem."+string(p.Kind), "limit", p.Limit)
}

// field adds a field, with what was filled in and what is wrong with it.
func (form *Form) field(t teller, f Field) {
	form.Fields = append(form.Fields, form.complete(t, f))
}

func (form *Form) complete(t teller, f Field) Field {
	f.ID = strings.TrimPrefix(form.Anchor+"-"+f.Name, "-")
	if f.Type == "" {
		f.Type = typeText
	}
	if form.filled.Values != nil {
		f.Value = plain.Text(form.filled.Value(f.Name))
		f.Checked = f.Value == FieldValueOn
	}
	f.Options = slices.Clone(f.Options)
	for i := range f.Options {
		f.Options[i].ID = f.ID + "-" + f.Options[i].Value
		f.Options[i].Chosen = f.Options[i].Value == f.Value
	}
	for _, problem := range form.filled.Problems {
		if problem.Field == f.Name && f.Problem == "" {
			f.Problem = t.problem(problem)
		}
	}
	return f
}

// Open reports whether somebody has begun to fill in the form.
func (form *Form) Open() bool { return len(form.filled.Values) > 0 }

// all returns the form's fields, those for files included.
func (form *Form) all() []Field {
	if form.Files == nil {
		return form.Fields
	}
	return append(slices.Clone(form.Fields), form.Files.File, form.Files.Kind)
}

// summary lists what is wrong with the form, as links to the fields.
func (form *Form) summary() (links []Link) {
	for _, problem := range form.Problems {
		links = append(links, Link{Href: "#" + form.Anchor, Text: problem})
	}
	for _, f := range form.all() {
		if f.Problem != "" {
			links = append(links, Link{Href: "#" + f.FirstID(), Text: named(f.Label) + f.Problem})
		}
	}
	return links
}

// named ends a label before a sentence about it.
func named(label string) string {
	if strings.HasSuffix(label, "?") || strings.HasSuffix(label, ".") {
		return label + " "
	}
	return label + ": "
}

// formPage is a page with forms.
type formPage interface {
	forms(t teller) []*Form
	filledForm() Filled
}

// Problems list what is wrong with a form that was refused. It also lists what belongs to no form that is shown.
func (f frame) Problems() (links []Link) {
	page, has := f.Page.(formPage)
	if !has {
		return nil
	}
	for _, form := range page.forms(f.teller) {
		links = append(links, form.summary()...)
	}
	if len(links) > 0 {
		return links
	}
	for _, problem := range page.filledForm().Problems {
		links = append(links, Link{Text: f.problem(problem)})
	}
	return links
}

// Kept are the texts of a form that was refused and is no longer shown.
func (f frame) Kept() (texts []string) {
	page, has := f.Page.(formPage)
	if !has || len(page.filledForm().Problems) == 0 {
		return nil
	}
	filled := page.filledForm()
	for _, form := range page.forms(f.teller) {
		if form.Act == filled.Act || form.Files != nil && filled.Act == ActUpload {
			return nil
		}
	}
	for _, field := range []string{FieldMessage, FieldText, FieldNote, FieldRationale, FieldWhy, FieldEmail, FieldWebhook} {
		if text := plain.Text(filled.Value(field)); strings.TrimSpace(text) != "" {
			texts = append(texts, text)
		}
	}
	return texts
}
