package compose

import (
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"
)

// serviceFields are the keys of a service in the Compose specification.
var serviceFields = strings.Fields(`annotations attach blkio_config build cap_add cap_drop cgroup cgroup_parent
	command configs container_name cpu_count cpu_percent cpu_period cpu_quota cpu_rt_period cpu_rt_runtime
	cpu_shares cpus cpuset credential_spec depends_on deploy develop device_cgroup_rules devices dns dns_opt
	dns_search domainname entrypoint env_file environment expose extends external_links extra_hosts gpus
	group_add healthcheck hostname image init ipc isolation label_file labels links logging mac_address
	mem_limit mem_reservation mem_swappiness memswap_limit models network_mode networks oom_kill_disable
	oom_score_adj pid pids_limit platform ports post_start pre_stop privileged profiles provider pull_policy
	read_only restart runtime scale secrets security_opt shm_size stdin_open stop_grace_period stop_signal
	storage_opt sysctls tmpfs tty ulimits use_api_socket user userns_mode uts volumes volumes_from working_dir`)

var topFields = []string{"name", "version", "services", "networks", "volumes", "secrets", "configs", "include", "models"}

// lintDocker judges the docker-compose text.
func (l *linter) lintDocker(text string) error {
	root, err := parseYAML(text)
	if err != nil {
		return fmt.Errorf("docker_compose_file: %w", err)
	}
	services := root.get("services")
	if services.kind != yaml.MappingNode || len(services.keys) == 0 {
		return errors.New("docker_compose_file: no services")
	}
	l.agents, l.heirs = make(map[string]bool), make(map[string][]string)
	for _, name := range services.keys {
		s := services.field[name]
		if s.kind != yaml.MappingNode {
			return fmt.Errorf("docker_compose_file: line %d: service %.64q is no mapping", s.line, name)
		}
		l.lintService(name, s)
	}
	l.lintCompany(services)
	l.lintTop(root)
	return nil
}

func (l *linter) lintService(name string, s *node) {
	path := "services." + name
	for _, key := range s.keys {
		if !slices.Contains(serviceFields, key) && !strings.HasPrefix(key, "x-") {
			l.docker(ruleUnknownField, s.field[key], path+"."+key, "a field that this lint does not know")
		}
		if key != "environment" {
			l.lintVariables(path+"."+key, s.field[key])
		}
	}
	l.lintCode(path, s)
	l.lintIsolation(path, s)
	l.lintRemote(path, s)
	l.lintMounts(name, path, s)
}

var byDigest = regexp.MustCompile(`^[^\s@]+@sha256:[0-9a-f]{64}$`)

// lintCode looks at where the code of a service comes from.
func (l *linter) lintCode(path string, s *node) {
	image := s.get("image").text
	if image != "" {
		l.report.Images = append(l.report.Images, image)
	}
	if s.has("build") {
		l.docker(ruleBuild, s.get("build"), path+".build", "the image is built in the CVM")
	}
	if s.has("provider") {
		l.docker(ruleProvider, s.get("provider"), path+".provider", "the service is made by a program on the CVM")
	}
	inherits := s.has("extends") || s.has("provider") || s.has("build")
	if (s.has("image") || !inherits) && !byDigest.MatchString(image) {
		l.docker(ruleImageDigest, s.get("image"), path+".image", "image %.200q has no sha256 digest", image)
	}
	if file := s.get("extends").get("file"); file.text != "" {
		l.docker(ruleExternalFile, file, path+".extends.file", "the service is taken from the file %.200q", file.text)
	}
	for _, file := range s.get("env_file").list() {
		name := file.text
		if file.kind == yaml.MappingNode {
			name = file.get("path").text
		}
		l.docker(ruleEnvFile, file, path+".env_file", "variables come from the file %.200q", name)
	}
}

// isFalse reports whether Compose takes a field for false. Only clear text counts as such.
func isFalse(n *node) bool {
	return n.kind == yaml.ScalarNode && slices.Contains([]string{"", "false", "no", "off", "n"}, strings.ToLower(n.text))
}

// dangerousCaps are those that lead to the kernel or to other processes' memory.
var dangerousCaps = strings.Fields("ALL SYS_ADMIN SYS_MODULE SYS_PTRACE SYS_RAWIO SYS_BOOT NET_ADMIN DAC_READ_SEARCH BPF PERFMON CHECKPOINT_RESTORE")

// lintIsolation looks at how far a container is kept apart from its CVM.
func (l *linter) lintIsolation(path string, s *node) {
	if n := s.get("privileged"); !isFalse(n) {
		l.docker(rulePrivileged, n, path+".privileged", "the container is privileged")
	}
	for _, hook := range []string{"post_start", "pre_stop"} {
		for _, h := range s.get(hook).items {
			if n := h.get("privileged"); !isFalse(n) {
				l.docker(rulePrivileged, n, path+"."+hook, "the hook is privileged")
			}
		}
	}
	for _, field := range []string{"network_mode", "pid", "ipc", "userns_mode", "uts", "cgroup"} {
		if n := s.get(field); strings.EqualFold(n.text, "host") {
			l.docker(ruleHostNamespace, n, path+"."+field, "%s is the CVM's own", field)
		}
	}
	for _, n := range s.get("cap_add").list() {
		rule := ruleCapAdd
		if slices.Contains(dangerousCaps, strings.TrimPrefix(strings.ToUpper(n.text), "CAP_")) {
			rule = ruleCapDangerous
		}
		l.docker(rule, n, path+".cap_add", "capability %.64q", n.text)
	}
	for _, field := range []string{"devices", "device_cgroup_rules"} {
		for _, n := range s.get(field).list() {
			device := n.text
			if n.kind == yaml.MappingNode {
				device = n.get("source").text
			}
			l.docker(ruleDevices, n, path+"."+field, "device %.200q", device)
		}
	}
	for _, n := range s.get("security_opt").list() {
		if opens.MatchString(n.text) {
			l.docker(ruleSecurityOpt, n, path+".security_opt", "option %.200q", n.text)
		}
	}
}

// opens matches security options that take a protection away.
var opens = regexp.MustCompile(`(?i)[:=]\s*(unconfined|disable|disabled|false)$|^(unconfined|systempaths.*)$`)

// lintRemote looks at who can reach a container from outside and where its output goes.
func (l *linter) lintRemote(path string, s *node) {
	for _, field := range []string{"ports", "expose"} {
		for _, n := range s.get(field).list() {
			port := n.text
			if n.kind == yaml.MappingNode {
				port = n.get("published").text + ":" + n.get("target").text
			}
			if field == "ports" {
				l.docker(rulePorts, n, path+".ports", "port %.100q is published", port)
			}
			if namesSSH(port) {
				l.docker(ruleSSH, n, path+"."+field, "port %.100q is that of SSH", port)
			}
		}
	}
	for _, field := range []string{"image", "command", "entrypoint"} {
		for _, n := range s.get(field).list() {
			if found := remoteShell.FindString(n.text); found != "" {
				l.docker(ruleSSH, n, path+"."+field, "it speaks of %.80q", found)
			}
		}
	}
	driver := s.get("logging").get("driver")
	if !slices.Contains([]string{"", "json-file", "local", "journald", "none"}, driver.text) {
		l.docker(ruleRemoteLogging, driver, path+".logging.driver", "logging driver %.64q", driver.text)
	}
}

// namesSSH reports whether a port or a range in the text is that of SSH, on either side.
func namesSSH(ports string) bool {
	ports, _, _ = strings.Cut(ports, "/")
	for _, part := range strings.Split(ports, ":") {
		low, high, isRange := strings.Cut(part, "-")
		if !isRange {
			high = low
		}
		from, err1 := strconv.Atoi(low)
		to, err2 := strconv.Atoi(high)
		if err1 == nil && err2 == nil && from <= 22 && 22 <= to {
			return true
		}
	}
	return false
}

// lintCompany looks at what the services of one CVM have to do with each other.
func (l *linter) lintCompany(services *node) {
	var reached []string
	for name := range l.agents {
		reached = append(reached, name)
	}
	for len(reached) > 0 { // hand the socket on to those who take over mounts
		part := reached[0]
		reached = reached[1:]
		for _, name := range l.heirs[part] {
			if !l.agents[name] {
				l.agents[name] = true
				reached = append(reached, name)
			}
		}
	}
	var agents []string
	for _, name := range services.keys {
		if l.agents[name] {
			agents = append(agents, name)
		}
	}
	if len(agents) > 1 {
		l.docker(ruleAgentShared, services.field[agents[1]], "services."+agents[1],
			"%d services reach the guest agent's socket: %.500s", len(agents), strings.Join(agents, ", "))
	}
	if len(services.keys) > 1 {
		l.docker(ruleSeveral, services.field[services.keys[1]], "services", "%d services: %.500s",
			len(services.keys), strings.Join(services.keys, ", "))
	}
}

// lintTop looks at the fields beside services.
func (l *linter) lintTop(root *node) {
	for _, key := range root.keys {
		if !slices.Contains(topFields, key) && !strings.HasPrefix(key, "x-") {
			l.docker(ruleUnknownField, root.field[key], key, "a field that this lint does not know")
		}
		if key != "services" && !strings.HasPrefix(key, "x-") {
			l.lintVariables(key, root.field[key])
		}
	}
	if n := root.get("include"); root.has("include") {
		l.docker(ruleExternalFile, n, "include", "another compose file is included")
	}
	networks := root.get("networks")
	for _, name := range networks.keys {
		n := networks.field[name]
		if n.get("driver").text == "host" || n.get("name").text == "host" || n.get("external").get("name").text == "host" {
			l.docker(ruleHostNamespace, n, "networks."+name, "the network is the CVM's own")
		}
	}
	volumes := root.get("volumes")
	for _, name := range volumes.keys {
		device := volumes.field[name].get("driver_opts").get("device")
		if looksLikePath(device.text) {
			l.mount(device, "volumes."+name+".driver_opts.device", device.text, false)
		}
	}
	for _, kind := range []string{"secrets", "configs"} { // Compose mounts their files
		for _, name := range root.get(kind).keys {
			if file := root.get(kind).field[name].get("file"); file.text != "" {
				l.mount(file, kind+"."+name+".file", file.text, false)
			}
		}
	}
}

// lintVariables finds variables in every scalar below n.
func (l *linter) lintVariables(path string, n *node) {
	if hasVariable(n.text) {
		l.docker(ruleEnvStructure, n, path, "%.200q depends on a variable", n.text)
	}
	for _, item := range n.items {
		l.lintVariables(path, item)
	}
	for _, key := range n.keys {
		l.lintVariables(path+"."+key, n.field[key])
	}
}

// hasVariable reports whether Compose would substitute in the text: $name or ${...}, but not $$.
func hasVariable(text string) bool {
	for i := 0; i+1 < len(text); i++ {
		if text[i] != '$' {
			continue
		}
		i++
		if c := text[i]; c == '{' || c == '_' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' {
			return true
		}
	}
	return false
}
