package files

import (
	"archive/zip"
	"bytes"
	"image"
	_ "image/jpeg" // sizes of images
	_ "image/png"  // sizes of images
	"path"
	"slices"
	"strings"

	"github.com/gabriel-vasile/mimetype"
)

// allowedType is a type of files that is taken.
type allowedType struct {
	mediaType  string
	extensions []string // the first one is given to a name that has none
	check      func(content []byte) *Refusal
}

var allowedTypes = []allowedType{
	{"application/pdf", []string{".pdf"}, checkPDF},
	{"image/jpeg", []string{".jpg", ".jpeg", ".jpe", ".jfif"}, checkImage("jpeg")},
	{"image/png", []string{".png"}, checkImage("png")},
	{"application/vnd.openxmlformats-officedocument.wordprocessingml.document", []string{".docx"}, checkDOCX},
}

// Accept is the value of the attribute accept of a file field: the extensions that are allowed.
func Accept() string {
	var all []string
	for _, allowed := range allowedTypes {
		all = append(all, allowed.extensions...)
	}
	return strings.Join(all, ",")
}

func init() {
	mimetype.SetLimit(0) // a DOCX is told from other archives by what comes late
}

// inspect returns the media type of a content and the name with which it is kept. It reads what the content says of itself;
// nothing is decoded, converted or unpacked.
func inspect(name string, content []byte) (mediaType, cleaned string, refusal *Refusal) {
	detected := mimetype.Detect(content)
	i := slices.IndexFunc(allowedTypes, func(allowed allowedType) bool { return detected.Is(allowed.mediaType) })
	if i < 0 {
		return "", "", &Refusal{Reason: ReasonType}
	}
	allowed := allowedTypes[i]
	if refusal := allowed.check(content); refusal != nil {
		return "", "", refusal
	}
	cleaned = CleanName(name)
	switch extension := strings.ToLower(path.Ext(cleaned)); {
	case extension == "":
		cleaned += allowed.extensions[0]
	case !slices.Contains(allowed.extensions, extension):
		return "", "", &Refusal{Reason: ReasonExtension}
	}
	return allowed.mediaType, cleaned, nil
}

// checkPDF refuses what has something before the beginning of a PDF: other programs read it as something else.
func checkPDF(content []byte) *Refusal {
	if !bytes.HasPrefix(bytes.TrimLeft(bytes.TrimPrefix(content, []byte("\xef\xbb\xbf")), "\r\n"), []byte("%PDF-")) {
		return &Refusal{Reason: ReasonType}
	}
	return nil
}

// checkImage reads the size of an image, before any program makes room for it.
func checkImage(format string) func([]byte) *Refusal {
	return func(content []byte) *Refusal {
		config, found, err := image.DecodeConfig(bytes.NewReader(content))
		switch {
		case err != nil || found != format || config.Width < 1 || config.Height < 1:
			return &Refusal{Reason: ReasonDamaged, Cause: err}
		case int64(config.Width)*int64(config.Height) > MaxPixels:
			return &Refusal{Reason: ReasonPixels}
		}
		return nil
	}
}

// maxEntries is the largest directory of a DOCX that is read. Those of Word have some dozens.
const maxEntries = 5000

// checkDOCX reads the directory of an archive that looks like a DOCX. One with macros is none.
func checkDOCX(content []byte) *Refusal {
	if bytes.Count(content, []byte("PK\x01\x02")) > maxEntries { // the signature of an entry in the directory
		return &Refusal{Reason: ReasonType}
	}
	archive, err := zip.NewReader(bytes.NewReader(content), int64(len(content)))
	if err != nil {
		return &Refusal{Reason: ReasonDamaged, Cause: err}
	}
	var types, document, macros bool
	for _, entry := range archive.File {
		types = types || entry.Name == "[Content_Types].xml"
		document = document || strings.HasPrefix(entry.Name, "word/document") && strings.HasSuffix(entry.Name, ".xml")
		macros = macros || strings.EqualFold(path.Base(entry.Name), "vbaProject.bin")
	}
	if !types || !document || macros {
		return &Refusal{Reason: ReasonType}
	}
	return nil
}
