package pages

import (
	"embed"
	"encoding/json"
	"fmt"
	"regexp"
	"strings"

	"github.com/streitfall/streitfall/dispute/language"
)

//go:embed texts/*.json
var textFiles embed.FS

// sentences are the texts of a language by key. Names in braces stand for what is put in their place.
type sentences map[string]string

// loadSentences reads the texts of all languages, by the language's name.
func loadSentences() (map[string]sentences, error) {
	loaded := map[string]sentences{}
	for _, l := range language.All {
		data, err := textFiles.ReadFile("texts/" + l.Name() + ".json")
		if err != nil {
			return nil, err
		}
		var read sentences
		if err := json.Unmarshal(data, &read); err != nil {
			return nil, fmt.Errorf("texts/%s.json: %w", l.Name(), err)
		}
		loaded[l.Name()] = read
	}
	return loaded, nil
}

var placeholder = regexp.MustCompile(`\{[a-z]+\}`)

// say returns the text of a key. The arguments are names and what is put in their place. An unknown key is the text itself.
func (s sentences) say(key string, args ...any) string {
	text, known := s[key]
	if !known {
		return key
	}
	if !strings.Contains(text, "{") {
		return text
	}
	return placeholder.ReplaceAllStringFunc(text, func(name string) string {
		for i := 0; i+1 < len(args); i += 2 {
			if args[i] == strings.Trim(name, "{}") {
				return fmt.Sprint(args[i+1])
			}
		}
		return name
	})
}

func (s sentences) has(key string) bool {
	_, known := s[key]
	return known
}
