package devchain

import (
	"fmt"
	"time"

	"github.com/ethereum/go-ethereum/common/hexutil"
)

// modules are the namespaces of JSON-RPC that the chain answers to, over HTTP and WebSocket, on loopback alone.
var modules = []string{"eth", "net", "web3", clockNamespace}

// clockNamespace is what development chains call the control of their time; no other chain has it.
const clockNamespace = "evm"

// maxIncrease bounds one step of the time, in seconds: a year.
const maxIncrease = 365 * 24 * 60 * 60

// clock moves the chain's time, so that what waits for a deadline can be tried without waiting.
type clock struct{ chain *Chain }

// IncreaseTime is evm_increaseTime: it makes an empty block so many seconds after the latest and returns its time in Unix
// seconds. Unlike that of other development chains it needs no evm_mine. It fails while transactions wait: try again.
func (c clock) IncreaseTime(seconds uint64) (hexutil.Uint64, error) {
	if seconds == 0 || seconds > maxIncrease {
		return 0, fmt.Errorf("seconds: %d is not from 1 to %d", seconds, maxIncrease)
	}
	if err := c.chain.AdvanceTime(time.Duration(seconds) * time.Second); err != nil {
		return 0, err
	}
	return hexutil.Uint64(c.chain.eth.BlockChain().CurrentBlock().Time), nil
}
