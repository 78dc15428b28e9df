package kafka

import (
	"context"
	"errors"
	"fmt"

	"github.com/twmb/franz-go/pkg/kadm"
	"github.com/twmb/franz-go/pkg/kerr"
	"github.com/twmb/franz-go/pkg/kmsg"

	"github.com/tidemark-mesh/tidemark/platform/security"
)

// ErrUnsupported says that the brokers do not know a request.
var ErrUnsupported error = kerr.UnsupportedVersion

// scramIterations is the least that RFC 7677 allows, Kafka's default, and all that the embedded broker knows.
const scramIterations = 4096

// ScramUsers lists the users that have a SCRAM-SHA-512 credential.
func (a *Admin) ScramUsers(ctx context.Context) (map[string]bool, error) {
	return scramUsers(ctx, a.raw)
}

func scramUsers(ctx context.Context, of kmsg.Requestor) (map[string]bool, error) {
	resp, err := kmsg.NewPtrDescribeUserSCRAMCredentialsRequest().RequestWith(ctx, of)
	if err == nil {
		err = explained(resp.ErrorCode, resp.ErrorMessage)
	}
	if err != nil {
		return nil, fmt.Errorf("list SCRAM users: %w", err)
	}
	users := make(map[string]bool)
	for _, user := range resp.Results {
		for _, c := range user.CredentialInfos {
			if kadm.ScramMechanism(c.Mechanism) == kadm.ScramSha512 {
				users[user.User] = true
			}
		}
	}
	return users, nil
}

// SetScramUser creates a user with a SCRAM-SHA-512 credential, or gives it another password. The password leaves this
// process salted and hashed only, and is in no error.
func (a *Admin) SetScramUser(ctx context.Context, user string, password security.Secret) error {
	text, err := password.Read()
	if err == nil && text == "" {
		err = errors.New("its password is empty")
	}
	if err != nil {
		return fmt.Errorf("SCRAM user %s: %w", user, err)
	}
	answers, err := a.cl.AlterUserSCRAMs(ctx, nil, []kadm.UpsertSCRAM{{
		User: user, Mechanism: kadm.ScramSha512, Iterations: scramIterations, Password: text,
	}})
	return scramError(user, answers, err)
}

// DeleteScramUser takes a user's SCRAM-SHA-512 credential away; one that is not there is no error.
func (a *Admin) DeleteScramUser(ctx context.Context, user string) error {
	answers, err := a.cl.AlterUserSCRAMs(ctx, []kadm.DeleteSCRAM{{User: user, Mechanism: kadm.ScramSha512}}, nil)
	if err = scramError(user, answers, err); errors.Is(err, kerr.ResourceNotFound) {
		return nil
	}
	return err
}

func scramError(user string, answers kadm.AlteredUserSCRAMs, err error) error {
	if err == nil {
		err = answers.Error()
	}
	if err != nil {
		return fmt.Errorf("SCRAM user %s: %w", user, err)
	}
	return nil
}

// Quota is how much a user may move through one broker, in bytes a second; 0 is no bound.
type Quota struct{ Produce, Consume float64 }

// Kafka's names of quotas.
const (
	quotaProduce = "producer_byte_rate"
	quotaConsume = "consumer_byte_rate"
	quotaUser    = "user"
)

// Quotas lists the quotas of users, whatever client id they have.
func (a *Admin) Quotas(ctx context.Context) (map[string]Quota, error) {
	described, err := a.cl.DescribeClientQuotas(ctx, true, []kadm.DescribeClientQuotaComponent{{Type: quotaUser, MatchType: 2}})
	if err != nil {
		return nil, fmt.Errorf("list quotas: %w", err)
	}
	quotas := make(map[string]Quota)
	for _, d := range described {
		if len(d.Entity) != 1 || d.Entity[0].Type != quotaUser || d.Entity[0].Name == nil {
			continue // of a client id too, or the default
		}
		var q Quota
		for _, v := range d.Values {
			switch v.Key {
			case quotaProduce:
				q.Produce = v.Value
			case quotaConsume:
				q.Consume = v.Value
			}
		}
		if q != (Quota{}) {
			quotas[*d.Entity[0].Name] = q
		}
	}
	return quotas, nil
}

// SetQuota sets a user's quota; a bound of 0 is taken away.
func (a *Admin) SetQuota(ctx context.Context, user string, q Quota) error {
	op := func(key string, value float64) kadm.AlterClientQuotaOp {
		return kadm.AlterClientQuotaOp{Key: key, Value: value, Remove: value == 0}
	}
	answers, err := a.cl.AlterClientQuotas(ctx, []kadm.AlterClientQuotaEntry{{
		Entity: kadm.ClientQuotaEntity{{Type: quotaUser, Name: &user}},
		Ops:    []kadm.AlterClientQuotaOp{op(quotaProduce, q.Produce), op(quotaConsume, q.Consume)},
	}})
	for _, r := range answers {
		if err == nil && r.Err != nil {
			err = fmt.Errorf("%w: %s", r.Err, r.ErrMessage)
		}
	}
	if err != nil {
		return fmt.Errorf("quota of user %s: %w", user, err)
	}
	return nil
}
