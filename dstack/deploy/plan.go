package deploy

import (
	"crypto/sha256"
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/encrypted-compute/encompute/protocol"
)

// CLIVersion is the version of Phala's command line that the plans were read against.
const CLIVersion = "1.1.18"

// Target is what an operator decides.
type Target struct {
	Image    string           // of the worker, by digest
	Name     string           // of the CVM
	Host     string           // URL of the marketplace's host
	Operator protocol.Address // who is paid
	ChainID  uint64
	Registry protocol.Address // WorkerRegistry
	Instance string           // instance type, such as tdx.medium
	OS       string           // version of the OS image; the policy pins its measurements
	KMS      string           // phala, base or ethereum
}

// Step is one thing to do, in order.
type Step struct {
	Title    string   `json:"title"`
	Why      string   `json:"why"`
	Commands []string `json:"commands"`
}

// Plan is a deployment on Phala Cloud.
type Plan struct {
	ComposeHash string            `json:"composeHash"` // of app-compose.json as it is here
	Files       map[string]string `json:"files"`       // by name
	Steps       []Step            `json:"steps"`
}

// What stands in a command must need no quotes.
var (
	wordPattern = regexp.MustCompile(`^[A-Za-z0-9][A-Za-z0-9._-]*$`)
	hostPattern = regexp.MustCompile(`^https://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._/-]*)?$`)
)

// NewPlan makes the files and the steps. An error names the field that is wrong.
func NewPlan(t Target) (p Plan, err error) {
	compose, err := DockerCompose(t.Image)
	if err != nil {
		return p, err
	}
	app, err := AppCompose(t.Image)
	if err != nil {
		return p, err
	}
	for field, word := range map[string]string{"name": t.Name, "instance type": t.Instance, "OS image": t.OS} {
		if !wordPattern.MatchString(word) {
			return p, fmt.Errorf("%s is %.50q: want letters, digits, dots and dashes", field, word)
		}
	}
	switch {
	case !hostPattern.MatchString(t.Host):
		return p, fmt.Errorf("host is %.100q: want an https:// URL", t.Host)
	case t.Operator.IsZero() || t.Registry.IsZero() || t.ChainID == 0:
		return p, errors.New("operator, registry and chain id must be set")
	case !slices.Contains([]string{"phala", "base", "ethereum"}, t.KMS):
		return p, fmt.Errorf("KMS is %.50q: want phala, base or ethereum", t.KMS)
	}
	p.ComposeHash = fmt.Sprintf("%x", sha256.Sum256(app))
	p.Files = map[string]string{
		"docker-compose.yaml": compose, "app-compose.json": string(app),
		"worker.env": fmt.Sprintf("ENCOMPUTE_HOST=%s\nENCOMPUTE_OPERATOR=%s\nENCOMPUTE_CHAIN_ID=%d\nENCOMPUTE_REGISTRY=%s\n", t.Host, t.Operator, t.ChainID, t.Registry),
	}
	p.Steps = t.steps()
	return p, nil
}

// steps follow the help of Phala's command line and its contracts DstackKms and DstackApp.
func (t Target) steps() []Step {
	onChain := t.KMS != "phala"
	deploy := fmt.Sprintf("phala deploy -n %s -c docker-compose.yaml -e worker.env -t %s --image %s --kms %s", t.Name, t.Instance, t.OS, t.KMS)
	// Without --no-dev-os the CLI sends an SSH key that it finds, as one more variable: another compose hash.
	deploy += " --no-dev-os --no-public-logs --no-public-sysinfo --wait"
	login := []string{"npm install -g phala@" + CLIVersion, "phala login"}
	if onChain {
		login = append(login, "export ETH_RPC_URL=https://...   # of the chain that the KMS is on", "read -rs PRIVATE_KEY && export PRIVATE_KEY   # of the app's owner")
	}
	steps := []Step{
		{"Log in", "The account pays for the machine and can stop it. It cannot read it.", login},
		{"See what there is", "The instance type decides RTMR0, the OS image MRTD, RTMR1 and RTMR2; a policy pins all four.", []string{"phala instance-types", "phala os-images"}},
		{"Deploy", "The cloud completes the app-compose and so decides its hash. --no-dev-os keeps an SSH key of yours out of it.", []string{deploy}},
		{
			"Fetch the evidence and compare", "Only a text that says what this release says may be pinned. Exit status 0 of check-app means that it does.",
			[]string{
				"phala cvms attestation " + t.Name + " --json > report.json", "encompute attest show report.json",
				"encompute worker check-app report.json", "encompute attest policy init report.json > policy.json",
			},
		},
	}
	if onChain {
		steps = append(steps, Step{
			"Later versions: allow the new compose hash on chain", "The KMS gives the app's keys to what DstackApp allows. Whoever owns that contract decides, so let a multisig own it.",
			[]string{
				"phala deploy --cvm-id " + t.Name + " -c docker-compose.yaml --prepare-only --json   # prints token and compose hash, changes nothing",
				`cast send "$DSTACK_APP" 'addComposeHash(bytes32)' 0x$COMPOSE_HASH --account owner`,
				"phala deploy --cvm-id " + t.Name + ` --commit --token "$TOKEN" --transaction-hash "$TX"`,
				`cast send "$DSTACK_APP" 'removeComposeHash(bytes32)' 0x$OLD_COMPOSE_HASH --account owner   # when no creator needs the old one`,
			},
		})
	}
	return append(
		steps,
		Step{
			"Allow the workload in the market", "The registry's owner does this, after reading what the workload id stands for; it counts after the registry's delay.",
			[]string{fmt.Sprintf(`cast send %s 'setWorkload(bytes32,bool,string)' "$WORKLOAD_ID" true %s --account owner`, t.Registry, t.Image)},
		},
		Step{"Check", "What users and creators will see.", []string{"encompute worker check " + t.Host}},
	)
}
