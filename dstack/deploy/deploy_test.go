package deploy_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/dstack/deploy"
	"github.com/encrypted-compute/encompute/dstack/simulator"
)

var image = "registry.example:5000/encompute/enclave@sha256:" + strings.Repeat("ab", 32)

// What is deployed keeps to what verifiers of a compose text look for.
func TestAppCompose(t *testing.T) {
	t.Parallel()
	raw, err := deploy.AppCompose(image)
	if err != nil {
		t.Fatal(err)
	}
	var app struct {
		Compose        string   `json:"docker_compose_file"`
		AllowedEnvs    []string `json:"allowed_envs"`
		KeyProvider    string   `json:"key_provider"`
		NoInstanceID   bool     `json:"no_instance_id"`
		PublicLogs     bool     `json:"public_logs"`
		GatewayEnabled bool     `json:"gateway_enabled"`
	}
	if err := json.Unmarshal(raw, &app); err != nil {
		t.Fatal(err)
	}
	if app.KeyProvider != "kms" || app.NoInstanceID || app.PublicLogs || app.GatewayEnabled {
		t.Errorf("app-compose %s", raw)
	}
	var used []string
	for _, m := range regexp.MustCompile(`\$\{(\w+)\}`).FindAllStringSubmatch(app.Compose, -1) {
		used = append(used, m[1])
	}
	if !slices.Equal(used, app.AllowedEnvs) {
		t.Errorf("the compose file uses %q, allowed are %q", used, app.AllowedEnvs)
	}
	images := regexp.MustCompile(`(?m)^ *image: (.*)$`).FindAllStringSubmatch(app.Compose, -1)
	if len(images) != 1 || images[0][1] != image {
		t.Errorf("images %q, want only %s", images, image)
	}
	for _, bad := range []string{"privileged", "docker.sock", "network_mode", "pid:", "ports:"} {
		if strings.Contains(app.Compose, bad) {
			t.Errorf("the compose file contains %q", bad)
		}
	}
	if _, err := simulator.New(simulator.Config{AppCompose: raw}); err != nil {
		t.Errorf("the simulator refuses it: %v", err)
	}
	again, err := deploy.AppCompose(image)
	if err != nil || string(again) != string(raw) {
		t.Error("the same image gave other bytes")
	}
}

// The lint that verifiers run over a compose text finds nothing wrong with ours. What it warns of
// is what dstack/deploy chose: variables for the operator.
func TestLint(t *testing.T) {
	t.Parallel()
	raw, err := deploy.AppCompose(image)
	if err != nil {
		t.Fatal(err)
	}
	report, err := compose.Lint(raw)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, f := range report.Findings {
		got = append(got, f.Rule)
		if f.Severity == compose.Error {
			t.Error(f)
		}
	}
	if want := []string{"allowed-envs", "kms-unpinned", "public-tcbinfo", "secure-time"}; !slices.Equal(got, want) {
		t.Errorf("findings %q, want %q", got, want)
	}
	if report.Hash != sha256.Sum256(raw) || !slices.Equal(report.Images, []string{image}) {
		t.Errorf("hash %x, images %q", report.Hash, report.Images)
	}
}

func TestImageByDigestOnly(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"", "enclave", "enclave:latest", image + "0", image + "\n    privileged: true", "${IMAGE}"} {
		if _, err := deploy.AppCompose(bad); !errors.Is(err, deploy.ErrImage) {
			t.Errorf("image %q: %v, want ErrImage", bad, err)
		}
	}
}
