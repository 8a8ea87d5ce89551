package dispute

import (
	"encoding/hex"
	"strings"

	"github.com/streitfall/streitfall/dispute/strict"
)

// File refers to a file of a party. The file itself is stored elsewhere: it never travels in a history.
type File struct {
	// Kind is one of FileKinds.
	Kind string `json:"kind"`
	Name string `json:"name"`
	// Size in bytes.
	Size int64 `json:"size"`
	// SHA256 of the content, in hexadecimal.
	SHA256 string `json:"sha256"`
	// Location is where its readers find the file, usually a URL.
	Location string `json:"location"`
}

// FileKinds lists the kinds of files.
var FileKinds = []string{
	"proof_of_delivery", "tracking", "proof_of_refund", "return_confirmation", "order_confirmation", "correspondence", "other",
}

// checkFiles checks the files of evidence, statement or complaint, with path as the name of their list.
func checkFiles(f *Faults, path string, files []File) {
	if len(files) > MaxFiles {
		f.AddOnce(path, "has %d files; at most %d are allowed", len(files), MaxFiles)
	}
	for i, file := range files {
		file.check(f, strict.Index(path, i))
	}
}

func (file File) check(f *Faults, path string) {
	strict.OneOf(f, path+".kind", file.Kind, FileKinds)
	strict.Line(f, path+".name", file.Name, MaxLine)
	if file.Size < 1 || file.Size > strict.MaxInteger {
		f.AddOnce(path+".size", "must be the size in bytes, a whole number of at least 1")
	}
	if sum, err := hex.DecodeString(file.SHA256); err != nil || len(sum) != 32 {
		f.AddOnce(path+".sha256", "must be a SHA-256 in 64 hexadecimal digits")
	}
	strict.Line(f, path+".location", file.Location, MaxLocation)
}

// checkTextOrFiles checks a text with files, of which one is required. The prefix is the path of their object: "" or
// "complaint.".
func checkTextOrFiles(f *Faults, prefix, text string, files []File) {
	strict.Text(f, prefix+"text", text, MaxText)
	if len(files) == 0 && strings.TrimSpace(text) == "" && !f.Has(prefix+"files") {
		f.AddOnce(prefix+"text", "is required without files: 1 to %d characters", MaxText)
	}
	checkFiles(f, prefix+"files", files)
}
