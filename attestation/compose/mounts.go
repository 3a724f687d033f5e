package compose

import (
	"path"
	"slices"
	"strings"

	"go.yaml.in/yaml/v3"
)

// projectDir is where dstack puts the compose text and calls Compose.
const projectDir = "/dstack"

// Sockets of the guest agent and of container engines, with /run for /var/run.
var (
	agentSockets  = []string{"/run/dstack.sock", "/run/dstack/dstack.sock", "/run/tappd.sock", "/run/dstack/tappd.sock"}
	engineSockets = []string{"/run/docker.sock", "/run/containerd/containerd.sock", "/run/podman/podman.sock", "/run/crio/crio.sock"}
)

// lintMounts looks at what a service sees of the CVM's file system, and records whether that
// includes the guest agent's socket.
func (l *linter) lintMounts(name, at string, s *node) {
	for _, n := range s.get("volumes").list() {
		source := n.get("source").text
		if n.kind == yaml.ScalarNode {
			source, _, _ = strings.Cut(n.text, ":")
			if source == n.text {
				continue // a target alone: an anonymous volume
			}
		}
		switch n.get("type").text {
		case "image":
			if !byDigest.MatchString(source) {
				l.docker(ruleImageDigest, n, at+".volumes", "image %.200q has no sha256 digest", source)
			}
		case "bind":
			l.mountInto(name, n, at+".volumes", source)
		default:
			if looksLikePath(source) {
				l.mountInto(name, n, at+".volumes", source)
			}
		}
	}
	if n := s.get("use_api_socket"); !isFalse(n) {
		l.docker(ruleDockerSocket, n, at+".use_api_socket", "the container gets the engine's socket")
	}
	for _, n := range s.get("volumes_from").list() {
		part, _, _ := strings.Cut(n.text, ":")
		l.heirs[part] = append(l.heirs[part], name)
	}
	extends := s.get("extends")
	if part := extends.text + extends.get("service").text; part != "" {
		l.heirs[part] = append(l.heirs[part], name)
	}
}

// mountInto judges a mount of a service.
func (l *linter) mountInto(name string, n *node, at, source string) {
	if l.mount(n, at, source, true) {
		l.agents[name] = true
	}
}

// looksLikePath tells a path of the host from the name of a volume, as Compose does.
func looksLikePath(source string) bool {
	return source != "" && strings.ContainsRune("/.~", rune(source[0]))
}

// mount judges one path of the CVM that a container gets to see, and reports whether the guest
// agent's socket is there. The socket itself may be mounted into a service.
func (l *linter) mount(n *node, at, source string, service bool) (agent bool) {
	host := hostPath(source)
	agent = slices.ContainsFunc(agentSockets, func(s string) bool { return within(s, host) })
	switch {
	case slices.Contains(engineSockets, host) || path.Base(host) == "docker.sock":
		l.docker(ruleDockerSocket, n, at, "%.200q is mounted", source)
	case !service || !slices.Contains(agentSockets, host):
		l.docker(ruleHostPath, n, at, "%.200q of the CVM is mounted", source)
	case path.Base(host) == "tappd.sock":
		l.docker(ruleAgentLegacy, n, at, "%.200q is mounted", source)
	}
	return agent
}

// hostPath resolves a source as Compose does, and /var/run, which is a link, to /run.
func hostPath(source string) string {
	switch {
	case strings.HasPrefix(source, "~"):
		source = path.Join("/root", source[1:])
	case !strings.HasPrefix(source, "/"):
		source = path.Join(projectDir, source)
	}
	source = path.Clean(source)
	if source == "/var/run" || strings.HasPrefix(source, "/var/run/") {
		source = source[len("/var"):]
	}
	return source
}

// within reports whether file is dir or lies below it.
func within(file, dir string) bool {
	return dir == "/" || file == dir || strings.HasPrefix(file, dir+"/")
}
