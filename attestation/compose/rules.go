package compose

import "slices"

// Rule is one thing that Lint looks for. Names are stable: policies may refer to them.
type Rule struct {
	Name     string
	Severity Severity
	Doc      string // why it matters
	Remedy   string
}

// Rules returns all rules.
func Rules() []Rule { return slices.Clone(rules) }

const (
	ruleImageDigest    = "image-digest"
	ruleBuild          = "build"
	ruleExternalFile   = "external-file"
	ruleProvider       = "provider"
	ruleEnvStructure   = "env-in-structure"
	rulePrivileged     = "privileged"
	ruleDockerSocket   = "docker-socket"
	ruleHostPath       = "host-path"
	ruleHostNamespace  = "host-namespace"
	ruleCapDangerous   = "cap-dangerous"
	ruleCapAdd         = "cap-add"
	ruleDevices        = "devices"
	ruleSecurityOpt    = "security-opt"
	ruleAgentShared    = "agent-socket-shared"
	ruleAgentLegacy    = "agent-socket-legacy"
	ruleSeveral        = "several-services"
	rulePorts          = "ports"
	ruleSSH            = "ssh"
	ruleEnvFile        = "env-file"
	ruleRemoteLogging  = "remote-logging"
	ruleUnknownField   = "unknown-field"
	ruleRunner         = "runner"
	ruleBashScript     = "bash-script"
	rulePreLaunch      = "pre-launch-script"
	ruleInitScript     = "init-script"
	ruleScriptStarts   = "script-starts-container"
	ruleAllowedEnvs    = "allowed-envs"
	ruleAllowedEnvEvil = "allowed-env-dangerous"
	ruleKeyProvider    = "key-provider"
	ruleKeyConflict    = "key-provider-conflict"
	ruleKMSUnpinned    = "kms-unpinned"
	rulePublicLogs     = "public-logs"
	rulePublicSysinfo  = "public-sysinfo"
	rulePublicTCBInfo  = "public-tcbinfo"
	ruleNoInstanceID   = "no-instance-id"
	ruleGateway        = "gateway"
	ruleSecureTime     = "secure-time"
	ruleGPUPolicy      = "gpu-policy"
)

var rules = []Rule{
	{ruleImageDigest, Error, "A tag names whatever its registry serves on the day: the measured text does not decide which code runs.", "name the image as name@sha256:<64 hexadecimal digits>"},
	{ruleBuild, Error, "An image that is built in the CVM comes from sources and downloads that nobody measured.", "build the image beforehand and name it by digest"},
	{ruleExternalFile, Error, "A file that the text refers to is not part of it, so it is not measured.", "write its content into the compose text"},
	{ruleProvider, Error, "A provider is a program on the CVM itself that Compose calls to make the service.", "use an image"},
	{ruleEnvStructure, Error, "Variables are filled in from the environment, which the operator chooses: the measured text does not decide what runs.", "write the value out; keep variables to the values of environment"},
	{rulePrivileged, Error, "A privileged container owns the CVM: it can read every key and extend the event log.", "remove privileged"},
	{ruleDockerSocket, Error, "Who reaches the container engine's socket can start any container, privileged ones too.", "remove the mount"},
	{ruleHostPath, Error, "A path of the CVM's own file system may hold keys or sockets, or be filled by others.", "use a named volume; mount only /var/run/dstack.sock"},
	{ruleHostNamespace, Error, "A container in a namespace of the CVM sees its processes, memory or local ports.", "remove the setting"},
	{ruleCapDangerous, Error, "This capability is as good as root on the CVM.", "remove the capability"},
	{ruleCapAdd, Warning, "A capability beyond the engine's usual ones widens what a flaw of the app can do.", "remove it if the app runs without"},
	{ruleDevices, Error, "A device of the CVM may be its memory, its disks or the TDX device, which gives quotes and extends registers.", "remove the device"},
	{ruleSecurityOpt, Error, "Without its filters the kernel is open to the container.", "remove the option"},
	{ruleAgentShared, Error, "Every container with the guest agent's socket can get every key of the app.", "give the socket to one service only"},
	{ruleAgentLegacy, Warning, "tappd.sock is the agent's old interface; later images do not have it.", "mount /var/run/dstack.sock"},
	{ruleSeveral, Warning, "Everything that runs beside the app shares its CVM, and so must be trusted as well.", "run one service, or read all of their images"},
	{rulePorts, Warning, "A published port lets anyone who reaches the CVM talk to the service, past the app's own channel.", "remove ports that need not be open"},
	{ruleSSH, Error, "A remote shell hands the running CVM to whoever has the key.", "remove it"},
	{ruleEnvFile, Warning, "The file's variables are not part of the measured text.", "write the variables into environment"},
	{ruleRemoteLogging, Warning, "The service's output leaves the CVM.", "use the driver json-file, local, journald or none"},
	{ruleUnknownField, Warning, "A field without meaning here may have one for another version of dstack or Compose.", "look up what it does, or remove it"},
	{ruleRunner, Error, "Another runner than docker-compose starts things that this lint cannot see.", "set runner to docker-compose"},
	{ruleBashScript, Error, "A bash script runs as root on the CVM, outside any container.", "use the runner docker-compose"},
	{rulePreLaunch, Warning, "The script runs as root on the CVM; after a reboot it runs when containers are already up, so checks in it do not hold.", "remove it, or read it as part of the trusted code"},
	{ruleInitScript, Warning, "The script runs as root on the CVM before anything else of the app.", "remove it, or read it as part of the trusted code"},
	{ruleScriptStarts, Error, "A script that starts containers runs code that the compose text does not name.", "make it a service"},
	{ruleAllowedEnvs, Warning, "Values of these variables are encrypted to the CVM but not authenticated: whoever deploys chooses them.", "the app must bind or check what they say"},
	{ruleAllowedEnvEvil, Error, "This variable steers the shell, the container engine or the guest agent, and is not measured.", "remove it from allowed_envs"},
	{ruleKeyProvider, Error, "Without a KMS the keys belong to one machine or to no one that a verifier could name.", "set key_provider to kms and kms_enabled to true"},
	{ruleKeyConflict, Warning, "Fields contradict each other, and older images heed other ones.", "let key_provider, kms_enabled and local_key_provider_enabled say the same"},
	{ruleKMSUnpinned, Info, "The text leaves open which KMS issues the keys: the verifier must pin it.", "set key_provider_id, or pin the KMS in the policy"},
	{rulePublicLogs, Error, "Anyone can read what the containers print.", "set public_logs to false"},
	{rulePublicSysinfo, Warning, "Anyone can watch load, memory and processes of the CVM, and so when and how much it works.", "set public_sysinfo to false"},
	{rulePublicTCBInfo, Info, "Anyone can read the measurements and this text; verifiers need them, and they hold no secret.", "set public_tcbinfo to false if the text is confidential"},
	{ruleNoInstanceID, Warning, "Instances cannot be told apart in the event log.", "set no_instance_id to false"},
	{ruleGateway, Warning, "The gateway ends TLS for the app: it is one more machine to trust, unless TLS is passed through.", "set gateway_enabled to false, or end TLS in the app"},
	{ruleSecureTime, Info, "The CVM starts before its clock is synchronized; until then the time is the host's.", "set secure_time to true if the app relies on the time"},
	{ruleGPUPolicy, Error, "The GPU is accepted unattested or in a state that does not keep secrets.", "remove the exception from requirements.gpu_policy"},
}
