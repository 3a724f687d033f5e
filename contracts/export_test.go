package contracts

import "time"

// SetPatience changes how long a transaction may wait for a block before its fees are raised.
func (c *Client) SetPatience(d time.Duration) { c.sender.patience = d }
