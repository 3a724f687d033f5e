package compose_test

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/encrypted-compute/encompute/attestation/compose"
)

var image = "registry.example/app@sha256:" + strings.Repeat("ab", 32)

// app is an app-compose.json that no rule objects to, if the docker-compose text is such a one.
func app(t testing.TB, docker string) string {
	t.Helper()
	text, err := json.Marshal(strings.ReplaceAll(docker, "IMAGE", image))
	if err != nil {
		t.Fatal(err)
	}
	return `{
  "manifest_version": 2,
  "name": "app",
  "runner": "docker-compose",
  "docker_compose_file": ` + string(text) + `,
  "kms_enabled": true,
  "key_provider": "kms",
  "key_provider_id": "3059",
  "public_tcbinfo": false,
  "secure_time": true
}`
}

const cleanDocker = `name: app
x-common: &common
  read_only: true
  cap_drop: [ALL]
services:
  web:
    <<: *common
    image: IMAGE
    volumes:
      - /var/run/dstack.sock:/var/run/dstack.sock
      - data:/data
    environment:
      - A=${A}
      - PRICE=$$5
    command: ["serve", "--price", "$$5"]
    security_opt: ["no-new-privileges:true"]
    logging: {driver: local}
volumes:
  data: {}
`

// marks writes findings as "d8 image-digest": the file's first letter, the line, the rule.
func marks(r compose.Report) (list []string) {
	for _, f := range r.Findings {
		list = append(list, fmt.Sprintf("%c%d %s", f.File[0], f.Line, f.Rule))
	}
	return list
}

// dockerCases are services, from line 3 on, and what the rules say about them.
var dockerCases = []struct {
	name, text string
	want       []string
}{
	{"clean", "    image: IMAGE", nil},
	{"tag", "    image: nginx:1.27", []string{"d3 image-digest"}},
	{"no image", "    restart: always", []string{"d2 image-digest"}},
	{"digest too short", "    image: app@sha256:abcd", []string{"d3 image-digest"}},
	{"digest in capitals", "    image: app@sha256:" + strings.Repeat("AB", 32), []string{"d3 image-digest"}},
	{"digest by variable", "    image: app@${DIGEST}", []string{"d3 env-in-structure", "d3 image-digest"}},
	{"digest by default", "    image: ${IMG:-IMAGE}", []string{"d3 env-in-structure", "d3 image-digest"}},
	{"image volume", "    image: IMAGE\n    volumes: [{type: image, source: tools, target: /t}]", []string{"d4 image-digest"}},
	{"build", "    restart: always\n    build: .", []string{"d4 build"}},
	{"build beside image", "    image: app\n    build: {context: .}", []string{"d4 build", "d3 image-digest"}},
	{"extends a file", "    extends: {file: other.yaml, service: x}", []string{"d3 external-file"}},
	{"provider", "    provider: {type: x}", []string{"d3 provider"}},
	{"privileged", "    image: IMAGE\n    privileged: true", []string{"d4 privileged"}},
	{"privileged in words", "    image: IMAGE\n    privileged: \"yes\"", []string{"d4 privileged"}},
	{"privileged by variable", "    image: IMAGE\n    privileged: ${P}", []string{"d4 env-in-structure", "d4 privileged"}},
	{"privileged hook", "    image: IMAGE\n    post_start:\n      - command: x\n        privileged: true", []string{"d6 privileged"}},
	{"not privileged", "    image: IMAGE\n    privileged: false", nil},
	{"docker socket", "    image: IMAGE\n    volumes:\n      - /var/run/docker.sock:/x", []string{"d5 docker-socket"}},
	{"docker socket, long", "    image: IMAGE\n    volumes:\n      - type: bind\n        source: /run/docker.sock\n        target: /x", []string{"d5 docker-socket"}},
	{"docker socket, detour", "    image: IMAGE\n    volumes:\n      - ../var//run/x/../docker.sock:/x:ro", []string{"d5 docker-socket"}},
	{"docker socket, asked for", "    image: IMAGE\n    use_api_socket: true", []string{"d4 docker-socket"}},
	{"containerd", "    image: IMAGE\n    volumes: [\"/run/containerd/containerd.sock:/x\"]", []string{"d4 docker-socket"}},
	{"root", "    image: IMAGE\n    volumes:\n      - /:/host", []string{"d5 host-path"}},
	{"relative path", "    image: IMAGE\n    volumes:\n      - ./data:/data", []string{"d5 host-path"}},
	{"home", "    image: IMAGE\n    volumes:\n      - ~/x:/data", []string{"d5 host-path"}},
	{"directory of sockets", "    image: IMAGE\n    volumes:\n      - {type: bind, source: /var/run, target: /x}", []string{"d5 host-path"}},
	{"bind without a path", "    image: IMAGE\n    volumes:\n      - {type: bind, source: data, target: /x}", []string{"d5 host-path"}},
	{"agent, long", "    image: IMAGE\n    volumes:\n      - {type: bind, source: /run/dstack.sock, target: /x}", nil},
	{"agent, old", "    image: IMAGE\n    volumes:\n      - /var/run/tappd.sock:/var/run/tappd.sock", []string{"d5 agent-socket-legacy"}},
	{"anonymous volume", "    image: IMAGE\n    volumes: [/cache]", nil},
	{"network", "    image: IMAGE\n    network_mode: host", []string{"d4 host-namespace"}},
	{"pid, ipc", "    image: IMAGE\n    ipc: host\n    pid: \"HOST\"", []string{"d5 host-namespace", "d4 host-namespace"}},
	{"users", "    image: IMAGE\n    userns_mode: host", []string{"d4 host-namespace"}},
	{"uts, cgroup", "    image: IMAGE\n    uts: host\n    cgroup: host", []string{"d4 host-namespace", "d5 host-namespace"}},
	{"network of its own", "    image: IMAGE\n    network_mode: none", nil},
	{"all capabilities", "    image: IMAGE\n    cap_add:\n      - ALL", []string{"d5 cap-dangerous"}},
	{"capabilities", "    image: IMAGE\n    cap_add: [cap_sys_admin, CHOWN]", []string{"d4 cap-dangerous", "d4 cap-add"}},
	{"device", "    image: IMAGE\n    devices:\n      - /dev/tdx_guest:/dev/tdx_guest", []string{"d5 devices"}},
	{"device, long", "    image: IMAGE\n    devices:\n      - source: /dev/mem", []string{"d5 devices"}},
	{"device rule", "    image: IMAGE\n    device_cgroup_rules: [\"a *:* rwm\"]", []string{"d4 devices"}},
	{"seccomp", "    image: IMAGE\n    security_opt:\n      - seccomp:unconfined", []string{"d5 security-opt"}},
	{"apparmor, privileges", "    image: IMAGE\n    security_opt: [apparmor=unconfined, \"no-new-privileges:false\"]", []string{"d4 security-opt", "d4 security-opt"}},
	{"ports", "    image: IMAGE\n    ports:\n      - 8080:80\n      - {target: 81}", []string{"d5 ports", "d6 ports"}},
	{"ssh port", "    image: IMAGE\n    ports:\n      - 127.0.0.1:2222:22/tcp", []string{"d5 ports", "d5 ssh"}},
	{"ssh in a range", "    image: IMAGE\n    expose: [\"20-30\", 2200]", []string{"d4 ssh"}},
	{"ssh port, long", "    image: IMAGE\n    ports: [{target: 22, published: 1}]", []string{"d4 ports", "d4 ssh"}},
	{"ssh image", "    image: openssh-IMAGE", []string{"d3 ssh"}},
	{"ssh command", "    image: IMAGE\n    command:\n      - /usr/sbin/sshd", []string{"d5 ssh"}},
	{"env file", "    image: IMAGE\n    env_file: .env", []string{"d4 env-file"}},
	{"env files", "    image: IMAGE\n    env_file:\n      - a\n      - path: b", []string{"d5 env-file", "d6 env-file"}},
	{"variable in command", "    image: IMAGE\n    command: run $WHAT", []string{"d4 env-in-structure"}},
	{"logging", "    image: IMAGE\n    logging:\n      driver: syslog", []string{"d5 remote-logging"}},
	{"unknown field", "    image: IMAGE\n    turbo: true", []string{"d4 unknown-field"}},
	{"two services", "    image: IMAGE\n  b:\n    image: IMAGE", []string{"d4 several-services"}},
	{
		"agent twice", "    image: IMAGE\n    volumes: [/run/dstack.sock:/x]\n  b:\n    image: IMAGE\n    volumes: [/var/run/dstack.sock:/x]",
		[]string{"d5 agent-socket-shared", "d5 several-services"},
	},
	{
		"agent passed on", "    image: IMAGE\n    volumes: [/run/dstack.sock:/x]\n  b:\n    image: IMAGE\n    volumes_from: [\"a:ro\"]\n  c:\n    extends: b",
		[]string{"d5 agent-socket-shared", "d5 several-services"},
	},
	{
		"agent's directory", "    image: IMAGE\n    volumes: [/run/dstack.sock:/x]\n  b:\n    image: IMAGE\n    volumes: [/run/dstack:/x]",
		[]string{"d7 host-path", "d5 agent-socket-shared", "d5 several-services"},
	},
	{"included file", "    image: IMAGE\ninclude:\n  - other.yaml", []string{"d4 external-file"}},
	{"host as a network", "    image: IMAGE\nnetworks:\n  n: {external: true, name: host}", []string{"d5 host-namespace"}},
	{
		"bound volume", "    image: IMAGE\nvolumes:\n  v:\n    driver_opts:\n      o: bind\n      device: /run/docker.sock",
		[]string{"d8 docker-socket"},
	},
	{"file as a secret", "    image: IMAGE\nsecrets:\n  s:\n    file: /run/dstack.sock", []string{"d6 host-path"}},
	{"file as a config", "    image: IMAGE\nconfigs:\n  s:\n    file: /run/docker.sock", []string{"d6 docker-socket"}},
	{"unknown beside services", "    image: IMAGE\nturbo: ${X}", []string{"d4 unknown-field", "d4 env-in-structure"}},
	{"merged", "    <<: {privileged: true}\n    image: IMAGE", []string{"d3 privileged"}},
	{"merged away", "    <<: [{privileged: false}, {privileged: true}]\n    image: IMAGE", nil},
	{"alias", "    image: IMAGE\n    ipc: &h host\n    pid: *h", []string{"d4 host-namespace", "d4 host-namespace"}},
}

func TestDockerRules(t *testing.T) {
	t.Parallel()
	for _, test := range dockerCases {
		r, err := compose.Lint([]byte(app(t, "services:\n  a:\n"+test.text+"\n")))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if got := marks(r); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// appCases change one line of the clean text.
var appCases = []struct {
	name, old, text string
	want            []string
}{
	{"clean", "", "", nil},
	{"runner", `"runner": "docker-compose"`, `"runner": "nerdctl-compose"`, []string{"a4 runner"}},
	{"bash", `"runner": "docker-compose"`, `"runner": "bash", "bash_script": "true"`, []string{"a4 runner", "a4 bash-script"}},
	{"pre-launch script", `"name"`, `"pre_launch_script": "true", "name"`, []string{"a3 pre-launch-script"}},
	{"no pre-launch script", `"name"`, `"pre_launch_script": null, "name"`, nil},
	{
		"container by script", `"name"`, `"pre_launch_script": "docker -v run x\napt install openssh-server", "name"`,
		[]string{"a3 pre-launch-script", "a3 script-starts-container", "a3 ssh"},
	},
	{"init script", `"name"`, `"init_script": "true", "name"`, []string{"a3 init-script"}},
	{"init scripts", `"name"`, `"init_script": ["true", "docker exec x"], "name"`, []string{"a3 init-script", "a3 init-script", "a3 script-starts-container"}},
	{"variables", `"name"`, `"allowed_envs": ["A", "B"], "name"`, []string{"a3 allowed-envs"}},
	{
		"dangerous variables", `"name"`, `"allowed_envs": ["COMPOSE_FILE", "LD_PRELOAD", "A"], "name"`,
		[]string{"a3 allowed-envs", "a3 allowed-env-dangerous", "a3 allowed-env-dangerous"},
	},
	{"no key provider", `"key_provider": "kms"`, `"key_provider": "none"`, []string{"a7 key-provider"}},
	{"tpm", `"key_provider": "kms"`, `"key_provider": "tpm"`, []string{"a7 key-provider"}},
	{"nothing about keys", "\"kms_enabled\": true,\n  \"key_provider\": \"kms\",", "\n", []string{"a0 key-provider"}},
	{"old way", `"key_provider": "kms"`, `"key_provider": null`, nil},
	{"local", "\"kms_enabled\": true,\n  \"key_provider\": \"kms\"", "\n\"local_key_provider_enabled\": true", []string{"a7 key-provider"}},
	{"kms not enabled", `"kms_enabled": true`, `"kms_enabled": false`, []string{"a6 key-provider-conflict"}},
	{"kms and local", `"key_provider_id"`, `"local_key_provider_enabled": true, "key_provider_id"`, []string{"a8 key-provider-conflict"}},
	{"any kms", `"key_provider_id": "3059"`, `"key_provider_id": ""`, []string{"a8 kms-unpinned"}},
	{"logs", `"name"`, `"public_logs": true, "name"`, []string{"a3 public-logs"}},
	{"sysinfo", `"name"`, `"public_sysinfo": true, "name"`, []string{"a3 public-sysinfo"}},
	{"tcbinfo", `"public_tcbinfo": false`, `"public_tcbinfo": true`, []string{"a9 public-tcbinfo"}},
	{"tcbinfo by default", "  \"public_tcbinfo\": false,\n", "", []string{"a0 public-tcbinfo"}},
	{"no instance", `"name"`, `"no_instance_id": true, "name"`, []string{"a3 no-instance-id"}},
	{"gateway", `"name"`, `"gateway_enabled": true, "name"`, []string{"a3 gateway"}},
	{"gateway of old", `"name"`, `"tproxy_enabled": true, "name"`, []string{"a3 gateway"}},
	{"gateway as a feature", `"name"`, `"features": ["tproxy-net"], "name"`, []string{"a3 gateway"}},
	{"clock", `"secure_time": true`, `"secure_time": false`, []string{"a10 secure-time"}},
	{"gpu", `"name"`, `"requirements": {"gpu_policy": {"attest_gpu": false, "allow_debug": true}}, "name"`, []string{"a3 gpu-policy", "a3 gpu-policy"}},
	{"gpu as it should be", `"name"`, `"requirements": {"os_version": ">=0.6", "gpu_policy": {"attest_gpu": true}}, "name"`, nil},
	{"unknown field", `"name"`, `"turbo": [1], "name"`, []string{"a3 unknown-field"}},
}

func TestAppRules(t *testing.T) {
	t.Parallel()
	for _, test := range appCases {
		r, err := compose.Lint([]byte(strings.Replace(app(t, cleanDocker), test.old, test.text, 1)))
		if err != nil {
			t.Errorf("%s: %v", test.name, err)
		} else if got := marks(r); !slices.Equal(got, test.want) {
			t.Errorf("%s: %q, want %q", test.name, got, test.want)
		}
	}
}

// Every rule has an example above, a sentence and a remedy, and no other name is used.
func TestRules(t *testing.T) {
	t.Parallel()
	shown := make(map[string]bool)
	for _, list := range [][]string{flatten(dockerCases), flatten(appCases)} {
		for _, mark := range list {
			_, rule, _ := strings.Cut(mark, " ")
			shown[rule] = true
		}
	}
	for _, r := range compose.Rules() {
		if !shown[r.Name] {
			t.Errorf("rule %s has no example", r.Name)
		}
		if r.Severity < compose.Info || r.Severity > compose.Error || !strings.HasSuffix(r.Doc, ".") || r.Remedy == "" {
			t.Errorf("rule %+v is incomplete", r)
		}
		delete(shown, r.Name)
	}
	if len(shown) != 0 {
		t.Errorf("no such rules: %v", shown)
	}
}

func flatten(cases any) (list []string) {
	switch cases := cases.(type) {
	case []struct {
		name, text string
		want       []string
	}:
		for _, c := range cases {
			list = append(list, c.want...)
		}
	case []struct {
		name, old, text string
		want            []string
	}:
		for _, c := range cases {
			list = append(list, c.want...)
		}
	}
	return list
}

func TestReport(t *testing.T) {
	t.Parallel()
	raw := []byte(app(t, "services: {a: {image: IMAGE}, b: {image: \"b:1\"}}"))
	r, err := compose.Lint(raw)
	if err != nil {
		t.Fatal(err)
	}
	if r.Name != "app" || !slices.Equal(r.Images, []string{image, "b:1"}) {
		t.Errorf("name %q, images %q", r.Name, r.Images)
	}
	if r.Count(compose.Error) != 1 || r.Count(compose.Warning) != 1 || r.Count(compose.Info) != 0 {
		t.Errorf("findings %v", r.Findings)
	}
	again, err := compose.Lint(append(raw, '\n')) // one byte more is another text
	if err != nil || again.Hash == r.Hash {
		t.Errorf("hash %x, %v", again.Hash, err)
	}
	text, err := json.Marshal(r.Findings[0])
	var back compose.Finding
	if err != nil || json.Unmarshal(text, &back) != nil || back != r.Findings[0] {
		t.Errorf("%s does not decode to %v", text, r.Findings[0])
	}
	if f := r.Findings[0].String(); !strings.Contains(f, "docker-compose.yaml:1: error: services.b.image") {
		t.Error(f)
	}
}

func TestLintRefuses(t *testing.T) {
	t.Parallel()
	good := app(t, cleanDocker)
	laugh := "x0: &x0 [a,a,a,a,a,a,a,a,a,a]\n"
	for i := 1; i < 9; i++ {
		laugh += fmt.Sprintf("x-%d: &x%d [%s]\n", i, i, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*x%d,", i-1), 10), ","))
	}
	service := "services:\n  a: {image: IMAGE}\n"
	for name, text := range map[string]string{
		"nothing":                 "",
		"array":                   "[]",
		"trailing data":           good + "{}",
		"too large":               good + strings.Repeat(" ", compose.MaxBytes),
		"field twice":             strings.Replace(good, `"name"`, `"public_logs": true, "public_logs": false, "name"`, 1),
		"field in another case":   strings.Replace(good, `"name"`, `"Public_Logs": true, "name"`, 1),
		"bool as text":            strings.Replace(good, `"secure_time": true`, `"secure_time": "true"`, 1),
		"bool null":               strings.Replace(good, `"secure_time": true`, `"secure_time": null`, 1),
		"variables as text":       strings.Replace(good, `"name"`, `"allowed_envs": "A", "name"`, 1),
		"script as a number":      strings.Replace(good, `"name"`, `"init_script": 1, "name"`, 1),
		"name not Unicode":        strings.Replace(good, `"name": "app"`, `"name": "\ud800"`, 1),
		"requirements as text":    strings.Replace(good, `"name"`, `"requirements": "x", "name"`, 1),
		"gpu policy twice":        strings.Replace(good, `"name"`, `"requirements": {"gpu_policy":{},"gpu_policy":{}}, "name"`, 1),
		"gpu policy of two minds": strings.Replace(good, `"name"`, `"requirements": {"gpu_policy":{"allow_debug":1}}, "name"`, 1),
		"no compose text":         `{"runner":"docker-compose"}`,
		"compose text empty":      app(t, ""),
		"compose text scalar":     app(t, "x"),
		"no services":             app(t, "name: x"),
		"services empty":          app(t, "services: {}"),
		"service is text":         app(t, "services: {a: b}"),
		"not YAML":                app(t, "services: ["),
		"tabs":                    app(t, "services:\n\ta: b"),
		"two documents":           app(t, service+"---\n"+service),
		"key twice":               app(t, "services:\n  a: {image: IMAGE, privileged: true, privileged: false}"),
		"key by alias":            app(t, "x-k: &k privileged\nservices:\n  a: {image: IMAGE, *k : true}"),
		"long key":                app(t, service+"x-"+strings.Repeat("k", 300)+": 1"),
		"tag":                     app(t, "services:\n  a: {image: !!binary aaaa}"),
		"tag of Compose":          app(t, "services:\n  a: {image: IMAGE, privileged: !reset true}"),
		"two merges":              app(t, "services:\n  a: {<<: {}, <<: {}, image: IMAGE}"),
		"merge of text":           app(t, "services:\n  a: {<<: x, image: IMAGE}"),
		"alias of itself":         app(t, "x-a: &a [*a]\n"+service),
		"unknown alias":           app(t, "services:\n  a: *b"),
		"billion laughs":          app(t, laugh+service),
		"deep":                    app(t, "x-a: "+strings.Repeat("[", 100)+strings.Repeat("]", 100)+"\n"+service),
		"very deep":               app(t, "x-a: "+strings.Repeat("[", 50_000)+"\n"+service),
		"many values":             app(t, service+"x-a: ["+strings.Repeat("1,", 30_000)+"1]"),
	} {
		if r, err := compose.Lint([]byte(text)); !errors.Is(err, compose.ErrMalformed) {
			t.Errorf("%s: %v, %v, want ErrMalformed", name, r.Findings, err)
		}
	}
}

// The app-composes of two real deployments; the hash of one of them is in a quote's event log.
func TestCorpus(t *testing.T) {
	t.Parallel()
	root := os.Getenv("ENCOMPUTE_CORPUS")
	if root == "" {
		t.Skip("ENCOMPUTE_CORPUS is unset: no corpus of real app-composes")
	}
	for name, want := range map[string]struct {
		hash  string
		marks []string
	}{
		"examples_rtmr3-based_app-compose": {"06768e6df639ce3be65e9e5321f8b2d82dbffb01c74323462d34c2feb9653aff", []string{
			"a0 kms-unpinned", "a1 public-logs", "a1 public-sysinfo", "a0 public-tcbinfo", "a1 gateway",
			"d3 image-digest", "d6 privileged", "d5 host-namespace", "d10 ports", "d12 host-path", "d13 agent-socket-legacy",
		}},
		"sdk_simulator_app-compose": {"", []string{
			"a1 pre-launch-script", "a1 script-starts-container", "a1 ssh", "a1 kms-unpinned", "a1 public-logs",
			"a1 public-sysinfo", "a1 public-tcbinfo", "a1 secure-time", "a1 gateway",
			"d3 image-digest", "d5 host-namespace", "d7 host-path", "d8 agent-socket-legacy",
			"d18 image-digest", "d20 ports", "d17 several-services",
		}},
	} {
		raw, err := os.ReadFile(filepath.Join(root, "corpus/quotes/dstack", name+".json"))
		if err != nil {
			t.Fatal(err)
		}
		r, err := compose.Lint(raw)
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		if got := marks(r); !slices.Equal(got, want.marks) {
			t.Errorf("%s:\n%q, want\n%q", name, got, want.marks)
		}
		if want.hash != "" && hex.EncodeToString(r.Hash[:]) != want.hash {
			t.Errorf("%s: hash %x, the event log has %s", name, r.Hash, want.hash)
		}
	}
}

func FuzzLint(f *testing.F) {
	f.Add([]byte(app(f, cleanDocker)))
	for _, c := range dockerCases {
		f.Add([]byte(app(f, "services:\n  a:\n"+c.text)))
	}
	for _, c := range appCases {
		f.Add([]byte(strings.Replace(app(f, cleanDocker), c.old, c.text, 1)))
	}
	f.Fuzz(func(t *testing.T, raw []byte) { check(t, raw) })
}

// FuzzDocker reaches the YAML without the JSON around it.
func FuzzDocker(f *testing.F) {
	f.Add(cleanDocker)
	for _, c := range dockerCases {
		f.Add("services:\n  a:\n" + c.text)
	}
	f.Fuzz(func(t *testing.T, docker string) { check(t, []byte(app(t, docker))) })
}

func check(t *testing.T, raw []byte) {
	t.Helper()
	r, err := compose.Lint(raw)
	if err != nil && !errors.Is(err, compose.ErrMalformed) {
		t.Errorf("error %v does not wrap ErrMalformed", err)
	}
	if err != nil && len(r.Findings) != 0 {
		t.Error("findings beside an error")
	}
	for _, f := range r.Findings {
		if f.Line < 0 || f.File == compose.AppFile && f.Line > strings.Count(string(raw), "\n")+1 || f.Detail == "" {
			t.Errorf("finding %+v", f)
		}
	}
}
