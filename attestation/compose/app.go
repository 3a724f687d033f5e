package compose

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/encrypted-compute/encompute/attestation/internal/rawjson"
)

// appFields are the fields of AppCompose in Dstack-TEE/dstack, dstack-types/src/lib.rs, of the
// scripts around it, and of older versions.
var appFields = []string{
	"manifest_version", "name", "features", "runner", "snapshotter", "docker_compose_file", "docker_config",
	"init_script", "pre_launch_script", "bash_script", "public_logs", "public_sysinfo", "public_tcbinfo",
	"kms_enabled", "gateway_enabled", "tproxy_enabled", "local_key_provider_enabled", "key_provider",
	"key_provider_id", "allowed_envs", "no_instance_id", "secure_time", "storage_fs", "swap_size",
	"event_log_version", "port_policy", "requirements", "verity_volumes",
}

// values are the fields that rules look at. A pointer is nil where the field is missing or null.
type values struct {
	Name        string
	Runner      string
	Docker      *string
	PreLaunch   *string
	Bash        *string
	Init        []string
	Envs        []string
	Features    []string
	Provider    *string
	ProviderID  string
	KMS         bool
	Local       bool
	Gateway     bool
	Logs        bool
	Sysinfo     bool
	TCBInfo     bool
	NoInstance  bool
	SecureTime  bool
	gpuWeakness []string
}

// lintApp judges the fields of app-compose.json and then the docker-compose text.
func (l *linter) lintApp() error {
	v, err := l.read()
	if err != nil {
		return err
	}
	l.report.Name = v.Name
	l.lintScripts(v)
	l.lintEnvs(v)
	l.lintKeyProvider(v)
	l.lintExposure(v)
	if v.Docker == nil {
		if v.Runner == "docker-compose" {
			return errors.New("docker_compose_file is missing")
		}
		return nil
	}
	return l.lintDocker(*v.Docker)
}

// read decodes the fields with the defaults of dstack. A field of another type than dstack's is
// an error: such a CVM does not boot.
func (l *linter) read() (v values, err error) {
	v.TCBInfo, v.SecureTime = true, true
	var tproxy bool
	for _, f := range []struct {
		name string
		to   any
	}{
		{"name", &v.Name},
		{"runner", &v.Runner},
		{"docker_compose_file", &v.Docker},
		{"pre_launch_script", &v.PreLaunch},
		{"bash_script", &v.Bash},
		{"allowed_envs", &v.Envs},
		{"features", &v.Features},
		{"key_provider", &v.Provider},
		{"key_provider_id", &v.ProviderID},
		{"kms_enabled", &v.KMS},
		{"local_key_provider_enabled", &v.Local},
		{"gateway_enabled", &v.Gateway},
		{"tproxy_enabled", &tproxy},
		{"public_logs", &v.Logs},
		{"public_sysinfo", &v.Sysinfo},
		{"public_tcbinfo", &v.TCBInfo},
		{"no_instance_id", &v.NoInstance},
		{"secure_time", &v.SecureTime},
	} {
		if m, ok := l.fields[f.name]; ok {
			if err := decode(m.Value, f.to); err != nil {
				return v, fmt.Errorf("%s on line %d: %w", f.name, m.Line, err)
			}
		}
	}
	v.Gateway = v.Gateway || tproxy || slices.Contains(v.Features, "tproxy-net")
	if m, ok := l.fields["init_script"]; ok {
		var one string
		if decode(m.Value, &one) == nil {
			v.Init = []string{one}
		} else if err := decode(m.Value, &v.Init); err != nil {
			return v, fmt.Errorf("init_script on line %d: %w", m.Line, err)
		}
	}
	v.gpuWeakness, err = l.gpuWeakness()
	return v, err
}

// decode reads a value strictly: text must be Unicode, and null is for pointers only.
func decode(value json.RawMessage, to any) error {
	switch to := to.(type) {
	case *string:
		s, err := rawjson.Text(value)
		*to = s
		return err
	case **string:
		if string(value) == "null" {
			return nil
		}
		s, err := rawjson.Text(value)
		*to = &s
		return err
	case *bool:
		*to = string(value) == "true"
		if !*to && string(value) != "false" {
			return errors.New("want true or false")
		}
		return nil
	case *[]string:
		var list []json.RawMessage
		if err := json.Unmarshal(value, &list); err != nil {
			return errors.New("want an array of strings")
		}
		for _, item := range list {
			s, err := rawjson.Text(item)
			if err != nil {
				return err
			}
			*to = append(*to, s)
		}
		return nil
	}
	return fmt.Errorf("no way to read a %T", to)
}

// gpuWeakness lists the exceptions that requirements.gpu_policy makes.
func (l *linter) gpuWeakness() (weak []string, err error) {
	value := json.RawMessage("{}")
	if m, ok := l.fields["requirements"]; ok && string(m.Value) != "null" {
		value = m.Value
	}
	outer, err := rawjson.Members(value, "gpu_policy")
	if err != nil {
		return nil, fmt.Errorf("requirements: %w", err)
	}
	i := slices.IndexFunc(outer, func(m rawjson.Member) bool { return m.Name == "gpu_policy" })
	if i < 0 {
		return nil, nil
	}
	policy, err := rawjson.Members(outer[i].Value, "attest_gpu", "allow_devtools", "allow_debug", "allow_insecure_boot")
	if err != nil {
		return nil, fmt.Errorf("requirements.gpu_policy: %w", err)
	}
	for _, m := range policy {
		safe := m.Name == "attest_gpu"
		if !safe && !strings.HasPrefix(m.Name, "allow_") {
			continue
		}
		var set bool
		if err := decode(m.Value, &set); err != nil {
			return nil, fmt.Errorf("requirements.gpu_policy.%.64s: %w", m.Name, err)
		}
		if set != safe {
			weak = append(weak, fmt.Sprintf("%.64s is %t", m.Name, set))
		}
	}
	return weak, nil
}

var (
	startsContainer = regexp.MustCompile(`\b(docker|nerdctl|podman|ctr)\b[^\n|;&]*\b(run|create|exec|compose|start|build)\b`)
	remoteShell     = regexp.MustCompile(`(?i)sshd|openssh|dropbear|authorized_keys|authorizedkeys`)
)

func (l *linter) lintScripts(v values) {
	if v.Runner != "docker-compose" {
		l.app(ruleRunner, "runner", "the runner is %.64q", v.Runner)
	}
	script := func(rule, field, text string) {
		if strings.TrimSpace(text) == "" {
			return
		}
		l.app(rule, field, "a script of %d bytes", len(text))
		if found := startsContainer.FindString(text); found != "" {
			l.app(ruleScriptStarts, field, "the script calls %.80q", found)
		}
		if found := remoteShell.FindString(text); found != "" {
			l.app(ruleSSH, field, "the script speaks of %.80q", found)
		}
	}
	if v.PreLaunch != nil {
		script(rulePreLaunch, "pre_launch_script", *v.PreLaunch)
	}
	if v.Bash != nil {
		script(ruleBashScript, "bash_script", *v.Bash)
	}
	for _, text := range v.Init {
		script(ruleInitScript, "init_script", text)
	}
}

// dangerousEnv matches variables that app-compose.sh, bash, docker or the agent's clients heed;
// all of them run with the variables in their own environment.
var dangerousEnv = regexp.MustCompile(`^(LD_.*|PATH|ENV|IFS|BASH_.*|SHELLOPTS|PS4|DOCKER_.*|COMPOSE_.*|NERDCTL_.*|CONTAINERD_.*|APP_COMPOSE_FILE|` +
	`DSTACK_SIMULATOR_ENDPOINT|TAPPD_SIMULATOR_ENDPOINT|DSTACK_AUTHORIZED_KEYS|DSTACK_ROOT_PASSWORD|DSTACK_ROOT_PUBLIC_KEY)$`)

func (l *linter) lintEnvs(v values) {
	if len(v.Envs) > 0 {
		l.app(ruleAllowedEnvs, "allowed_envs", "%d variables: %.500s", len(v.Envs), strings.Join(v.Envs, ", "))
	}
	for _, name := range v.Envs {
		if dangerousEnv.MatchString(name) || strings.ContainsAny(name, "=$ \t\r\n") {
			l.app(ruleAllowedEnvEvil, "allowed_envs", "%.100q may be set", name)
		}
	}
}

// lintKeyProvider follows AppCompose.key_provider of dstack: the field decides, and only where it
// is missing the two older ones.
func (l *linter) lintKeyProvider(v values) {
	effective, field := "none", "kms_enabled"
	switch {
	case v.Provider != nil:
		effective, field = *v.Provider, "key_provider"
	case v.KMS:
		effective = "kms"
	case v.Local:
		effective, field = "local", "local_key_provider_enabled"
	}
	if effective != "kms" {
		l.app(ruleKeyProvider, field, "the key provider is %.64q", effective)
		return
	}
	if !v.KMS {
		l.app(ruleKeyConflict, "kms_enabled", "key_provider is kms, but kms_enabled is not true")
	}
	if v.Local {
		l.app(ruleKeyConflict, "local_key_provider_enabled", "the key provider is a KMS, but the local one is enabled too")
	}
	if v.ProviderID == "" {
		l.app(ruleKMSUnpinned, "key_provider_id", "no KMS is named")
	}
}

func (l *linter) lintExposure(v values) {
	for _, f := range []struct {
		found               bool
		rule, field, detail string
	}{
		{v.Logs, rulePublicLogs, "public_logs", "the logs of all containers are public"},
		{v.Sysinfo, rulePublicSysinfo, "public_sysinfo", "system information is public"},
		{v.TCBInfo, rulePublicTCBInfo, "public_tcbinfo", "measurements and compose text are public"},
		{v.NoInstance, ruleNoInstanceID, "no_instance_id", "instances have no id"},
		{!v.SecureTime, ruleSecureTime, "secure_time", "the boot does not wait for a synchronized clock"},
	} {
		if f.found {
			l.app(f.rule, f.field, "%s", f.detail)
		}
	}
	if v.Gateway {
		field := "gateway_enabled"
		for _, older := range []string{"features", "tproxy_enabled"} {
			if _, ok := l.fields[field]; !ok {
				field = older
			}
		}
		l.app(ruleGateway, field, "the app is reached through the gateway")
	}
	for _, weak := range v.gpuWeakness {
		l.app(ruleGPUPolicy, "requirements", "gpu_policy: %s", weak)
	}
}
