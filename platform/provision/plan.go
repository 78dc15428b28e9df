package provision

import (
	"bytes"
	"cmp"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"
)

// Action is what a step does.
type Action string

// The actions.
const (
	Create Action = "create"
	Change Action = "change"
	Delete Action = "delete" // of ACLs also some operations of several
)

// Step is one change. It says what it found and what it leaves, so that it can be told whether it is still to be done,
// done already, or no longer what was agreed to.
type Step struct {
	Action Action `json:"action"`
	Resource
	From State `json:"from"`
	To   State `json:"to"`
	// Why is the file that asks for it, or the reason why it may go.
	Why string `json:"why"`
	// Note is what somebody should know before.
	Note string `json:"note,omitempty"`
	// Destructive steps take something away, or cannot be taken back; DataLoss of them may lose records.
	Destructive bool `json:"destructive,omitempty"`
	DataLoss    bool `json:"data_loss,omitempty"`

	// Document and Mode are a descriptor's, SchemaText a schema's or a contract's.
	Document   string `json:"document,omitempty"`
	Mode       string `json:"mode,omitempty"`
	SchemaText string `json:"schema,omitempty"`
	// Forgets is whose reports go with a descriptor that is deleted: a data product, or a port by its topic. "" is nobody's: other
	// versions of it stay.
	Forgets string `json:"forgets,omitempty"`
	// Secret says where a user's password is: file:PATH or env:NAME. The password itself is never in a plan.
	Secret string `json:"secret,omitempty"`
}

// Held is a step that is not taken.
type Held struct {
	Step
	// Needs is what would let it be taken: "--prune NAME" or "--allow-data-loss"; "" where nothing does.
	Needs string `json:"needs,omitempty"`
	// Reason says why it is held.
	Reason string `json:"reason"`
}

// Remark is something that is no step: what Tidemark does not own stands against what a contract says, or something was
// left out.
type Remark struct {
	Resource
	Rule    string `json:"rule"`
	Message string `json:"message"`
	Why     string `json:"why,omitempty"`
}

// planFormat is the version of a plan's form.
const planFormat = 2

// Plan is what is to be done to a cluster and its registry, in order. The same contracts and the same world give the same
// plan but for the time.
type Plan struct {
	Format  int       `json:"format"`
	Cluster string    `json:"cluster"` // Kafka's id of the cluster
	At      time.Time `json:"at"`
	Steps   []Step    `json:"steps"`
	Held    []Held    `json:"held"`
	Remarks []Remark  `json:"remarks"`
	// Checked counts the resources that were compared, by kind.
	Checked map[Kind]int `json:"checked"`
	// Digest is sha256:<hex> of all the rest but At: the same plan has the same digest whenever it is made, and one that was
	// changed by hand is not what somebody agreed to.
	Digest string `json:"digest"`
}

// Summary counts a plan's steps.
type Summary struct {
	Create   int `json:"create"`
	Change   int `json:"change"`
	Delete   int `json:"delete"`
	DataLoss int `json:"data_loss"` // of those
	Held     int `json:"held"`
}

// Summary counts.
func (p *Plan) Summary() Summary {
	s := Summary{Held: len(p.Held)}
	for _, step := range p.Steps {
		switch step.Action {
		case Create:
			s.Create++
		case Change:
			s.Change++
		case Delete:
			s.Delete++
		}
		if step.DataLoss {
			s.DataLoss++
		}
	}
	return s
}

// String is such as "3 to create, 1 to change, 0 to delete".
func (s Summary) String() string {
	text := fmt.Sprintf("%d to create, %d to change, %d to delete", s.Create, s.Change, s.Delete)
	if s.DataLoss > 0 {
		text += fmt.Sprintf(", %d of them may lose data", s.DataLoss)
	}
	if s.Held > 0 {
		text += fmt.Sprintf("; %d held back", s.Held)
	}
	return text
}

// seal sorts the plan and gives it its digest.
func (p *Plan) seal() error {
	slices.SortStableFunc(p.Steps, compareSteps)
	slices.SortStableFunc(p.Held, func(a, b Held) int { return compareSteps(a.Step, b.Step) })
	slices.SortStableFunc(p.Remarks, func(a, b Remark) int {
		return cmp.Or(cmp.Compare(a.Rule, b.Rule), compareResources(a.Resource, b.Resource), cmp.Compare(a.Message, b.Message))
	})
	var err error
	p.Digest, err = p.digest()
	return err
}

func (p *Plan) digest() (string, error) {
	bare := *p
	bare.Digest, bare.At = "", time.Time{}
	text, err := json.Marshal(bare)
	if err != nil {
		return "", fmt.Errorf("plan: %w", err)
	}
	sum := sha256.Sum256(text)
	return "sha256:" + hex.EncodeToString(sum[:]), nil
}

// compareSteps orders steps: what is made before what needs it, and what goes at the end, who may use it first.
func compareSteps(a, b Step) int {
	return cmp.Or(cmp.Compare(turn(a), turn(b)), compareResources(a.Resource, b.Resource))
}

func turn(s Step) int {
	kinds := Kinds()
	at := slices.Index(kinds, s.Kind)
	switch {
	case s.Action == Delete && s.Kind == Descriptor:
		return 2*len(kinds) + 1 // last, since by it the rest is known as Tidemark's, also after an apply that was cut off
	case s.Action == Delete:
		return 2*len(kinds) - at
	}
	return at
}

// maxPlan bounds what is read as a plan.
const maxPlan = 256 << 20

// ReadPlan reads a plan as it was saved. It refuses one of another form, and one that was changed since.
func ReadPlan(r io.Reader) (*Plan, error) {
	text, err := io.ReadAll(io.LimitReader(r, maxPlan+1))
	if err != nil {
		return nil, err
	}
	if len(text) > maxPlan {
		return nil, fmt.Errorf("it is larger than %d MiB", maxPlan>>20)
	}
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.DisallowUnknownFields()
	var p Plan
	if err := decoder.Decode(&p); err != nil {
		return nil, fmt.Errorf("not a plan: %w; \"tidemark plan -o json\" writes one", err)
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return nil, errors.New("something stands after the plan: it is not as it was saved; plan again")
	}
	if p.Format == 0 {
		return nil, errors.New("not a plan: \"tidemark plan -o json\" writes one")
	}
	if p.Format != planFormat {
		return nil, fmt.Errorf("its form is %d, this binary reads %d: plan again", p.Format, planFormat)
	}
	digest, err := p.digest()
	if err != nil {
		return nil, err
	}
	if digest != p.Digest {
		return nil, errors.New("it is not as it was saved: it was changed, or is not complete; plan again")
	}
	return &p, nil
}
