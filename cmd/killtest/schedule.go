package main

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// party is who can be killed.
type party string

// The parties.
const (
	partyHost     party = "host"
	partyWorker   party = "worker"
	partyCreator  party = "creator"
	partyUser     party = "user"
	partyDatabase party = "database"
)

// The longest times of a strike.
const (
	longestPeace = 2500 * time.Millisecond // between two of them: some jobs end in it, most do not
	longestDown  = time.Second             // until a party is started again
)

// strike is one kill.
type strike struct {
	party party
	user  int           // which of them, if it is a user
	busy  bool          // not before a worker has a job
	after time.Duration // the strike before was made good
	down  time.Duration // until the party is started again
}

// String implements fmt.Stringer.
func (s strike) String() string {
	who, when := string(s.party), ""
	if s.party == partyUser {
		who = fmt.Sprint("user ", s.user+1)
	}
	if s.busy {
		when = " and while a worker is busy"
	}
	return fmt.Sprintf("%s after %v%s, down %v", who, s.after.Round(time.Millisecond), when, s.down.Round(time.Millisecond))
}

// plan returns the schedule that follows from a seed.
func plan(seed uint64, kills int, store string) []strike {
	random := rand.New(rand.NewPCG(seed, 0))
	parties := []party{partyHost, partyWorker, partyCreator, partyUser}
	if store == storePostgres {
		parties = append(parties, partyDatabase)
	}
	list := make([]strike, kills)
	for i := range list {
		list[i] = strike{
			party: parties[random.IntN(len(parties))], user: random.IntN(users), busy: random.IntN(2) == 0,
			after: time.Duration(random.Int64N(int64(longestPeace))), down: time.Duration(random.Int64N(int64(longestDown))),
		}
	}
	return list
}
