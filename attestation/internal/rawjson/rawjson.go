// Package rawjson reads hostile JSON objects so that no second reader can see another one.
//
// encoding/json takes the last of several equal keys, matches the keys of a struct whatever
// their case, and replaces text that is not Unicode. A reader in another language does otherwise,
// and what was checked is then not what is shown or run. Here all three are errors.
package rawjson

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"unicode/utf8"
)

// ErrAmbiguous is wrapped by every error: the text is no JSON object, or not everywhere the same one.
var ErrAmbiguous = errors.New("ambiguous JSON")

// Member is one key of an object with its value.
type Member struct {
	Name  string
	Value json.RawMessage // as it stands in the text
	Line  int             // of the key in the text, from 1
}

// Members returns the members of the JSON object that raw is, in their order. The values are
// valid JSON; objects within them are not looked into. Of the names that the caller knows no
// other case is accepted.
func Members(raw []byte, known ...string) ([]Member, error) {
	if !utf8.Valid(raw) {
		return nil, fmt.Errorf("%w: not UTF-8", ErrAmbiguous)
	}
	if !json.Valid(raw) { // the decoder below would stop at the object's end
		return nil, fmt.Errorf("%w: not one JSON value", ErrAmbiguous)
	}
	d := json.NewDecoder(bytes.NewReader(raw))
	if open, err := d.Token(); err != nil || open != json.Delim('{') {
		return nil, fmt.Errorf("%w: not an object", ErrAmbiguous)
	}
	var list []Member
	seen := make(map[string]string) // fold of a name to the name
	exact := make(map[string]string)
	for _, name := range known {
		exact[fold(name)] = name
	}
	line, counted := 1, 0
	for d.More() {
		key, err := d.Token()
		if err != nil {
			return nil, fmt.Errorf("%w: %w", ErrAmbiguous, err)
		}
		m := Member{Name: key.(string)} // a key of valid JSON is a string
		end := int(d.InputOffset())
		line, counted = line+bytes.Count(raw[counted:end], []byte("\n")), end
		m.Line = line
		if err := d.Decode(&m.Value); err != nil {
			return nil, fmt.Errorf("%w: value of %.64q: %w", ErrAmbiguous, m.Name, err)
		}
		if strings.ContainsRune(m.Name, utf8.RuneError) {
			return nil, fmt.Errorf("%w: key %.64q on line %d is not Unicode", ErrAmbiguous, m.Name, line)
		}
		folded := fold(m.Name)
		if other, ok := seen[folded]; ok {
			return nil, fmt.Errorf("%w: keys %.64q and %.64q on line %d", ErrAmbiguous, other, m.Name, line)
		}
		if name, ok := exact[folded]; ok && name != m.Name {
			return nil, fmt.Errorf("%w: key %.64q on line %d must be written %q", ErrAmbiguous, m.Name, line, name)
		}
		seen[folded] = m.Name
		list = append(list, m)
	}
	return list, nil
}

// fold is equal for names that encoding/json would take for each other.
func fold(name string) string { return strings.ToLower(strings.ToUpper(name)) }

// Text reads a JSON string. Escapes that are no character (half a surrogate pair) are an error,
// and so is U+FFFD itself, for which readers replace them.
func Text(value json.RawMessage) (string, error) {
	var s *string
	if err := json.Unmarshal(value, &s); err != nil || s == nil {
		return "", fmt.Errorf("%w: not a string", ErrAmbiguous)
	}
	if strings.ContainsRune(*s, utf8.RuneError) {
		return "", fmt.Errorf("%w: text that is not Unicode", ErrAmbiguous)
	}
	return *s, nil
}
