package kafka

import (
	"errors"

	"github.com/twmb/franz-go/pkg/kerr"
)

// membership is what a session's work rests on: who it is in the group, and that nothing was taken from it since.
type membership struct {
	id      string // as which it was given what it has; empty before that
	revoked int    // how often partitions were taken away
}

// errExpelled is that the group has gone on without this member. The library joins again by itself, as another member, and keeps
// what it had, when it learns so from its request to join: whatever others did with the partitions meanwhile, it does not see. So the
// session ends.
var errExpelled = errors.New("the group expelled this member, and may have given its partitions to others")

// membership gives what a round may rest on that begins now.
func (s *Session) membership() (membership, error) {
	id, _ := s.cl.GroupMetadata()
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.member.id != "" && s.member.id != id {
		return s.member, errExpelled
	}
	return s.member, nil
}

// now is the member and the group's generation as of now, for what rests on a membership; false when that is over. The generation may
// have grown: a group that is assigned by the broker goes on without taking anything from this member.
func (s *Session) now(rests membership) (id string, generation int32, ok bool) {
	id, generation = s.cl.GroupMetadata()
	s.mu.Lock()
	defer s.mu.Unlock()
	return id, generation, s.member.revoked == rests.revoked && (rests.id == "" || rests.id == id && rests.id == s.member.id)
}

// left says that the group went on without this member.
func left(err error) bool {
	return errors.Is(err, errExpelled) ||
		isAny(err, kerr.IllegalGeneration, kerr.UnknownMemberID, kerr.RebalanceInProgress, kerr.StaleMemberEpoch, kerr.FencedMemberEpoch, kerr.GroupIDNotFound)
}
