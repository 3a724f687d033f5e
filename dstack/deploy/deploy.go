// Package deploy holds the worker's docker-compose.yaml and app-compose.json for a dstack CVM, renders
// them for one image, judges what somebody else rendered, and plans a deployment.
package deploy

import (
	"bytes"
	_ "embed" // for the two templates
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

//go:embed docker-compose.yaml
var composeTemplate string

//go:embed app-compose.json
var appTemplate []byte

const imagePlaceholder = "IMAGE_BY_DIGEST"

// ErrImage means that the image is not named by digest: a tag can change after it was measured.
var ErrImage = errors.New("image must be named by digest, as name@sha256:<64 hexadecimal digits>")

// ErrTemplate means that an app-compose.json is not the release's.
var ErrTemplate = errors.New("the app-compose is not the release's")

var (
	imagePattern = regexp.MustCompile(`^[a-z0-9][a-z0-9._:/-]*@sha256:[0-9a-f]{64}$`)
	imageLine    = regexp.MustCompile(`(?m)^    image: (\S+)$`)
)

// DockerCompose returns docker-compose.yaml for the worker image.
func DockerCompose(image string) (string, error) {
	if !imagePattern.MatchString(image) {
		return "", fmt.Errorf("%w: got %.200q", ErrImage, image)
	}
	return strings.Replace(composeTemplate, "image: "+imagePlaceholder, "image: "+image, 1), nil
}

// AppCompose returns app-compose.json for the worker image: sorted keys, no white space, nothing
// escaped that need not be. Its SHA-256 is the compose hash, as long as whoever deploys it hands
// on these very bytes.
func AppCompose(image string) ([]byte, error) {
	compose, err := DockerCompose(image)
	if err != nil {
		return nil, err
	}
	var app map[string]any
	if err := json.Unmarshal(appTemplate, &app); err != nil {
		return nil, fmt.Errorf("app-compose.json: %w", err)
	}
	app["docker_compose_file"] = compose
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(app); err != nil {
		return nil, fmt.Errorf("app-compose.json: %w", err)
	}
	return bytes.TrimSuffix(out.Bytes(), []byte("\n")), nil
}

// Image judges an app-compose.json that somebody else wrote, such as a cloud that completes it, and
// returns the image that it runs. Its text need not be AppCompose's, only what it decides: the very
// docker-compose text of the template, the same variables for the operator, and for every field of the
// template the same value, where the field is there at all. Fields beyond the template's, which a
// deployer adds, are for package compose to judge. Errors wrap ErrTemplate or ErrImage.
func Image(appCompose []byte) (string, error) {
	var app, template map[string]any
	if err := json.Unmarshal(appCompose, &app); err != nil {
		return "", fmt.Errorf("%w: %w", ErrTemplate, err)
	}
	if err := json.Unmarshal(appTemplate, &template); err != nil {
		return "", fmt.Errorf("app-compose.json: %w", err)
	}
	text, _ := app["docker_compose_file"].(string)
	line := imageLine.FindStringSubmatch(text)
	if line == nil {
		return "", fmt.Errorf("%w: docker_compose_file names no image", ErrTemplate)
	}
	want, err := DockerCompose(line[1])
	if err != nil {
		return "", err
	}
	if text != want {
		return "", fmt.Errorf("%w: docker_compose_file differs from the template in more than the image", ErrTemplate)
	}
	template["docker_compose_file"] = want
	delete(template, "name")             // for people
	delete(template, "manifest_version") // 2 or "3", as the deployer's images want it
	for field, want := range template {
		got, there := app[field]
		if field == "allowed_envs" {
			if names(got) != names(want) {
				return "", fmt.Errorf("%w: allowed_envs are %s, want %s", ErrTemplate, names(got), names(want))
			}
		} else if there && got != want {
			return "", fmt.Errorf("%w: %s is %v, want %v", ErrTemplate, field, got, want)
		}
	}
	return line[1], nil
}

// names lists the strings of a decoded array in one order.
func names(v any) string {
	var list []string
	for _, e := range asList(v) {
		list = append(list, fmt.Sprintf("%.100v", e))
	}
	slices.Sort(list)
	return strings.Join(list, ", ")
}

func asList(v any) []any {
	list, _ := v.([]any)
	return list
}
