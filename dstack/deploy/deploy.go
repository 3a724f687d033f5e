// Package deploy holds the worker's docker-compose.yaml and app-compose.json for a dstack CVM and
// renders them for one image.
package deploy

import (
	"bytes"
	_ "embed" // for the two templates
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strings"
)

//go:embed docker-compose.yaml
var composeTemplate string

//go:embed app-compose.json
var appTemplate []byte

const imagePlaceholder = "IMAGE_BY_DIGEST"

// ErrImage means that the image is not named by digest: a tag can change after it was measured.
var ErrImage = errors.New("image must be named by digest, as name@sha256:<64 hexadecimal digits>")

var imagePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$`)

// AppCompose returns app-compose.json for the worker image: sorted keys, no white space, nothing
// escaped that need not be. Its SHA-256 is the compose hash, as long as whoever deploys it hands
// on these very bytes.
func AppCompose(image string) ([]byte, error) {
	if !imagePattern.MatchString(image) {
		return nil, fmt.Errorf("%w: got %q", ErrImage, image)
	}
	var app map[string]any
	if err := json.Unmarshal(appTemplate, &app); err != nil {
		return nil, fmt.Errorf("app-compose.json: %w", err)
	}
	app["docker_compose_file"] = strings.Replace(composeTemplate, "image: "+imagePlaceholder, "image: "+image, 1)
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(app); err != nil {
		return nil, fmt.Errorf("app-compose.json: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}
