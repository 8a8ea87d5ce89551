package files

import (
	"path"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is the longest name in bytes: file systems take 255, and browsers add to the names of files that they have already.
const maxName = 200

// joiners are format characters that scripts and emoji need.
const joiners = "\u200c\u200d"

// reservedNames are names that Windows has for devices.
var reservedNames = []string{
	"con", "prn", "aux", "nul", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9",
	"lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9",
}

// CleanName makes a name of a file that is safe to show, to send and to save on every system: the last part of a path, without
// control and direction characters, bounded, with its extension. A name of which nothing is left becomes "file".
func CleanName(name string) string {
	name = strings.ToValidUTF8(name, "")
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	name = tidy(strings.Map(cleanRune, name))
	extension := path.Ext(name)
	if len(extension) > 20 || strings.ContainsAny(extension, " ") {
		extension = ""
	}
	stem := strings.Trim(strings.TrimSuffix(name, extension), ends)
	stem = strings.TrimRight(cut(stem, maxName-1-len(extension)), ends)
	device, _, _ := strings.Cut(stem, ".")
	switch {
	case stem == "":
		stem = "file"
	case slices.Contains(reservedNames, strings.ToLower(strings.TrimSpace(device))):
		stem = "_" + stem
	}
	return stem + extension
}

func cleanRune(r rune) rune {
	switch {
	case unicode.IsSpace(r):
		return ' '
	case strings.ContainsRune(`<>:"|?*`, r):
		return '_'
	case unicode.In(r, unicode.Cc, unicode.Cf, unicode.Co, unicode.Cs, unicode.Zl, unicode.Zp) && !strings.ContainsRune(joiners, r):
		return -1
	}
	return r
}

// ends are what no name may begin or end with.
const ends = " ." + joiners

// tidy makes one space of several, and removes what stands behind the extension.
func tidy(name string) string {
	return strings.TrimRight(strings.Join(strings.Fields(name), " "), ends)
}

// cut cuts a text to at most so many bytes, between characters.
func cut(text string, limit int) string {
	if len(text) <= limit {
		return text
	}
	for limit > 0 && !utf8.RuneStart(text[limit]) {
		limit--
	}
	return text[:limit]
}
