// Package creator is the side of a model's owner: it lowers the layers before a cut to what
// can be evaluated encrypted, publishes a model with its prefixes sealed to attested
// workers, and serves the suffix to users who paid. Browsers publish, but serve nobody: the agent's stream and what only it
// needs are left out of their program.
package creator
