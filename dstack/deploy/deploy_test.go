package deploy_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/compose"
	"github.com/encrypted-compute/encompute/dstack/deploy"
	"github.com/encrypted-compute/encompute/dstack/simulator"
	"github.com/encrypted-compute/encompute/protocol"
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

// A text that a cloud completed is known by what it decides, not by its bytes.
func TestImage(t *testing.T) {
	t.Parallel()
	raw, err := deploy.AppCompose(image)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(map[string]any)
		want   error
	}{
		"as rendered":      {func(map[string]any) {}, nil},
		"another name":     {func(m map[string]any) { m["name"] = "" }, nil},
		"version 3":        {func(m map[string]any) { m["manifest_version"] = "3" }, nil},
		"an added field":   {func(m map[string]any) { m["storage_fs"] = "zfs" }, nil},
		"left to defaults": {func(m map[string]any) { delete(m, "secure_time") }, nil},
		"variables sorted": {func(m map[string]any) { slices.Reverse(m["allowed_envs"].([]any)) }, nil},
		"an SSH key": {func(m map[string]any) {
			m["allowed_envs"] = append(m["allowed_envs"].([]any), "DSTACK_AUTHORIZED_KEYS")
		}, deploy.ErrTemplate},
		"fewer variables": {func(m map[string]any) { m["allowed_envs"] = m["allowed_envs"].([]any)[1:] }, deploy.ErrTemplate},
		"no variables":    {func(m map[string]any) { delete(m, "allowed_envs") }, deploy.ErrTemplate},
		"public logs":     {func(m map[string]any) { m["public_logs"] = true }, deploy.ErrTemplate},
		"no KMS":          {func(m map[string]any) { m["key_provider"] = "local" }, deploy.ErrTemplate},
		"another text":    {func(m map[string]any) { m["docker_compose_file"] = m["docker_compose_file"].(string) + " " }, deploy.ErrTemplate},
		"privileged": {func(m map[string]any) {
			m["docker_compose_file"] = strings.Replace(m["docker_compose_file"].(string), "read_only: true", "privileged: true", 1)
		}, deploy.ErrTemplate},
		"image by tag": {func(m map[string]any) {
			m["docker_compose_file"] = strings.Replace(m["docker_compose_file"].(string), image, "enclave:1", 1)
		}, deploy.ErrImage},
		"no docker compose": {func(m map[string]any) { delete(m, "docker_compose_file") }, deploy.ErrTemplate},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var app map[string]any
			if err := json.Unmarshal(raw, &app); err != nil {
				t.Fatal(err)
			}
			c.change(app)
			text, err := json.MarshalIndent(app, "", "    ")
			if err != nil {
				t.Fatal(err)
			}
			got, err := deploy.Image(text)
			if !errors.Is(err, c.want) || (err == nil) != (c.want == nil) || err == nil && got != image {
				t.Errorf("image %q, %v; want %v", got, err, c.want)
			}
		})
	}
	if _, err := deploy.Image([]byte("{")); !errors.Is(err, deploy.ErrTemplate) {
		t.Errorf("no JSON: %v", err)
	}
}

var target = deploy.Target{
	Image: image, Name: "worker-1", Host: "https://host.example", Operator: protocol.Address{1}, ChainID: 8453, Registry: protocol.Address{2},
	Instance: "tdx.medium", OS: "dstack-0.5.8", KMS: "base",
}

func TestPlan(t *testing.T) {
	t.Parallel()
	p, err := deploy.NewPlan(target)
	if err != nil {
		t.Fatal(err)
	}
	if want := fmt.Sprintf("%x", sha256.Sum256([]byte(p.Files["app-compose.json"]))); p.ComposeHash != want {
		t.Errorf("compose hash %s, want %s", p.ComposeHash, want)
	}
	if got, err := deploy.Image([]byte(p.Files["app-compose.json"])); err != nil || got != image {
		t.Errorf("image %q, %v", got, err)
	}
	var commands []string
	for _, s := range p.Steps {
		commands = append(commands, s.Commands...)
	}
	all := strings.Join(commands, "\n")
	for _, want := range []string{"--no-dev-os", "--no-public-logs", "--no-public-sysinfo", "--kms base", "addComposeHash", "setWorkload", target.Registry.String(), "encompute worker check https://host.example"} {
		if !strings.Contains(all, want) {
			t.Errorf("no %q in\n%s", want, all)
		}
	}
	for _, env := range []string{"ENCOMPUTE_HOST=https://host.example", "ENCOMPUTE_CHAIN_ID=8453", "ENCOMPUTE_OPERATOR=0x01", "ENCOMPUTE_REGISTRY=0x02"} {
		if !strings.Contains(p.Files["worker.env"], env) {
			t.Errorf("no %q in %s", env, p.Files["worker.env"])
		}
	}
	for name, change := range map[string]func(*deploy.Target){
		"image":     func(t *deploy.Target) { t.Image = "enclave:latest" },
		"name":      func(t *deploy.Target) { t.Name = "x; rm -rf /" },
		"instance":  func(t *deploy.Target) { t.Instance = "" },
		"OS":        func(t *deploy.Target) { t.OS = "$(id)" },
		"host":      func(t *deploy.Target) { t.Host = "http://host.example" },
		"a command": func(t *deploy.Target) { t.Host = "https://host.example/$(id)" },
		"operator":  func(t *deploy.Target) { t.Operator = protocol.Address{} },
		"chain":     func(t *deploy.Target) { t.ChainID = 0 },
		"registry":  func(t *deploy.Target) { t.Registry = protocol.Address{} },
		"KMS":       func(t *deploy.Target) { t.KMS = "none" },
	} {
		bad := target
		change(&bad)
		if _, err := deploy.NewPlan(bad); err == nil {
			t.Errorf("%s: a plan was made", name)
		}
	}
	cloud := target
	cloud.KMS = "phala"
	if p, err = deploy.NewPlan(cloud); err != nil {
		t.Fatal(err)
	}
	for _, s := range p.Steps {
		if strings.Contains(strings.Join(s.Commands, "\n"), "addComposeHash") {
			t.Error("Phala's own KMS has no contract of the operator's")
		}
	}
}
