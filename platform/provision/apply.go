package provision

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/kafka"
	"github.com/tidemark-mesh/tidemark/platform/security"
)

// ApplyOptions say how a plan is applied. The zero value works for a plan that loses no data.
type ApplyOptions struct {
	// AllowDataLoss is needed, again, for a plan whose steps may lose data.
	AllowDataLoss bool
	// AtOnce bounds how many steps are taken in one request; default 100.
	AtOnce int
	// Progress hears of each step when it is done, or was done already; nil hears nothing.
	Progress func(Progress)
}

// Progress is how far an apply is.
type Progress struct {
	Step    Step
	Already bool // it was done before
	Done    int  // steps, with this
	Total   int
}

// Applied is what an apply came to. It is true even after an error.
type Applied struct {
	Done    int `json:"done"`    // steps that were taken
	Already int `json:"already"` // steps that were found done
	Total   int `json:"total"`
}

// MovedError says that the world is not as the plan saw it. Nothing was changed.
type MovedError struct {
	Moved []Moved
}

// Moved is one resource that is neither as the plan found it nor as it leaves it.
type Moved struct {
	Resource  Resource
	Plan, Now State
}

// shown bounds how many resources an error names.
const shown = 5

func (e *MovedError) Error() string {
	said := []string{"the world has moved since the plan was made:"}
	for _, m := range e.Moved[:min(len(e.Moved), shown)] {
		said = append(said, fmt.Sprintf("%s %s was %s, and is %s", m.Resource.Kind, m.Resource, m.Plan, m.Now))
	}
	if more := len(e.Moved) - shown; more > 0 {
		said = append(said, fmt.Sprintf("and %d more", more))
	}
	return strings.Join(said, "\n")
}

// Apply takes a plan's steps, in order, and no others. Before, it looks again at what they touch: *MovedError, and nothing is
// changed, where something is neither as the plan found it nor as the plan leaves it. What is as the plan leaves it was
// done before. So after an error, or when ctx ended, the same call goes on where it stopped.
func (c *Cluster) Apply(ctx context.Context, p *Plan, o ApplyOptions) (Applied, error) {
	applied := Applied{Total: len(p.Steps)}
	if o.AtOnce <= 0 {
		o.AtOnce = 100
	}
	if p.Summary().DataLoss > 0 && !o.AllowDataLoss {
		return applied, fmt.Errorf("%d of the plan's steps: %w", p.Summary().DataLoss, ErrDataLoss)
	}
	secrets, err := c.secrets(p)
	if err != nil {
		return applied, err
	}
	done, err := c.done(ctx, p)
	if err != nil {
		return applied, err
	}
	x := &executor{Cluster: c, secrets: secrets}
	for i := 0; i < len(p.Steps); {
		if done[i] {
			applied.Already++
			o.tell(Progress{Step: p.Steps[i], Already: true, Done: applied.Already + applied.Done, Total: applied.Total})
			i++
			continue
		}
		if ctx.Err() != nil {
			return applied, x.close(ctx, &UnfinishedError{applied, context.Cause(ctx)})
		}
		n := batch(p.Steps[i:], done[i:], o.AtOnce)
		if err := x.take(ctx, p.Steps[i:i+n]); err != nil {
			return applied, x.close(ctx, &UnfinishedError{applied, err})
		}
		for _, s := range p.Steps[i : i+n] {
			applied.Done++
			o.tell(Progress{Step: s, Done: applied.Already + applied.Done, Total: applied.Total})
		}
		i += n
	}
	return applied, x.close(ctx, c.heard(ctx, p))
}

// hearing is how long brokers may take to hear of what was granted. It takes them a moment; one that needs longer is ill.
const hearing = 30 * time.Second

// heard waits until every broker knows what the plan grants: a domain that starts when apply has ended must not be refused by
// one that has not heard of it. What was granted before counts too, since the apply before may have been cut off.
func (c *Cluster) heard(ctx context.Context, p *Plan) error {
	left := make(map[Resource][]kafka.Operation) // by the last step about it
	var users []string
	for _, s := range p.Steps {
		switch {
		case s.Kind == ACL:
			left[s.Resource] = operationsOf(s.To)
		case s.Kind == User && s.Action != Delete:
			users = append(users, s.Name)
		}
	}
	var acls []kafka.ACL
	for r, operations := range left {
		acls = append(acls, bindings(r, operations)...)
	}
	waiting, cancel := context.WithTimeout(ctx, hearing)
	defer cancel()
	if err := c.admin.AwaitAccess(waiting, acls, users); err != nil && ctx.Err() == nil {
		return fmt.Errorf("all steps are done, but a broker does not act on them yet, and refuses who comes to it; see its log: %w", err)
	}
	return nil
}

func (o ApplyOptions) tell(p Progress) {
	if o.Progress != nil {
		o.Progress(p)
	}
}

// ErrDataLoss says that a plan has steps that may lose data, and that nobody gave leave. Nothing was changed.
var ErrDataLoss = errors.New("they may lose data, and nobody said " + needsLoss)

// PasswordError says that a user's password is not where the plan says. Nothing was changed.
type PasswordError struct {
	User string
	Err  error
}

func (e *PasswordError) Error() string { return fmt.Sprintf("password of user %s: %v", e.User, e.Err) }
func (e *PasswordError) Unwrap() error { return e.Err }

// UnfinishedError says that an apply had begun with its steps and stopped. The same call goes on where it stopped.
type UnfinishedError struct {
	Applied Applied
	Err     error
}

func (e *UnfinishedError) Error() string {
	return fmt.Sprintf("after %d of %d steps: %v", e.Applied.Done+e.Applied.Already, e.Applied.Total, e.Err)
}
func (e *UnfinishedError) Unwrap() error { return e.Err }

// batch is how many steps, from the first on, are of one sort and still to be done.
func batch(steps []Step, done []bool, most int) int {
	n := 1
	for n < min(len(steps), most) && !done[n] && steps[n].Kind == steps[0].Kind && steps[n].Action == steps[0].Action {
		n++
	}
	return n
}

// secrets reads them all before anything is changed.
func (c *Cluster) secrets(p *Plan) (map[string]security.Secret, error) {
	secrets := make(map[string]security.Secret)
	var errs []error
	for _, s := range p.Steps {
		if s.Kind != User || s.Action == Delete {
			continue
		}
		found, err := c.secret(s.Secret)
		if err == nil {
			_, err = found.Read()
		}
		if err != nil {
			errs = append(errs, &PasswordError{s.Name, err})
		}
		secrets[s.Name] = found
	}
	return secrets, errors.Join(errs...)
}

// done looks at what the steps touch, and tells which of them were taken before.
func (c *Cluster) done(ctx context.Context, p *Plan) ([]bool, error) {
	l := look{schemas: make(map[string]*avro.Schema)}
	for _, s := range p.Steps {
		switch s.Kind {
		case Topic, Partitions, Replicas, Setting:
			l.topics = append(l.topics, s.Name)
		case Level:
			l.levels = append(l.levels, s.Name)
		case Schema:
			if s.Action != Delete {
				schema, err := avro.Parse([]byte(s.SchemaText))
				if err != nil {
					return nil, fmt.Errorf("schema of %s: %w", s.Name, err)
				}
				l.schemas[s.Name] = schema
			}
		case User, ACL, Quota:
			l.access = true
		case Descriptor:
			l.descriptors = true
		}
	}
	slices.Sort(l.topics)
	l.topics = slices.Compact(l.topics)
	a, err := c.see(ctx, l)
	if err != nil {
		return nil, err
	}
	if a.cluster != p.Cluster {
		return nil, fmt.Errorf("the plan is for the cluster %s, and this is %s: plan again for this one, or name the other's brokers", p.Cluster, a.cluster)
	}
	done, err := progress(p.Steps, a)
	if first := slices.IndexFunc(p.Steps, func(s Step) bool { return s.Kind == Level }); err != nil || first < 0 || slices.Contains(done[:first], false) {
		return done, err // levels were not begun, so nobody need ask for those of subjects that are not there
	}
	early, err := c.see(ctx, look{levels: l.levels, early: true})
	if err != nil {
		return nil, err
	}
	a.levels = early.levels
	return progress(p.Steps, a)
}

// progress tells which steps were taken before. The steps about one resource make a chain, each from what the one before
// leaves: the world is somewhere on it, or it has moved.
func progress(steps []Step, a *actual) ([]bool, error) {
	done := make([]bool, len(steps))
	chains := make(map[Resource][]int)
	var order []Resource
	for i, s := range steps {
		if chains[s.Resource] == nil {
			order = append(order, s.Resource)
		}
		chains[s.Resource] = append(chains[s.Resource], i)
	}
	var moved []Moved
	for _, r := range order {
		chain, seen := chains[r], a.state(r)
		taken := -1
		for n, i := range chain {
			if steps[i].To.is(seen) {
				taken = n
			}
		}
		if taken < 0 && !steps[chain[0]].From.is(seen) {
			moved = append(moved, Moved{r, steps[chain[0]].From, seen})
		}
		for n := range taken + 1 {
			done[chain[n]] = true
		}
	}
	if len(moved) > 0 {
		return nil, &MovedError{moved}
	}
	return done, nil
}
