package main

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path"

	"github.com/spf13/cobra"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/provision"
)

// provisioning is what plan, apply and drift share: what is wanted, and where.
type provisioning struct {
	*settings
	root       string
	principals []string
	options    provision.Options
}

func (p *provisioning) flags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&p.root, "contracts", defaultTree(), "the `folder` with contracts and schemas")
	f.StringArrayVar(&p.principals, "principals", nil, "who a domain is to the brokers: a `template` with {domain}, and exceptions as DOMAIN=PRINCIPAL or DATA-PRODUCT=PRINCIPAL (default User:{domain})")
	f.StringVar(&p.options.Passwords, "passwords", "", "where SCRAM passwords are, to create users: `file:PATH or env:NAME` with {user} or {USER} in it")
	f.StringArrayVar(&p.options.Operators, "operator", nil, "a `principal` that may read dead letters and send them back")
	f.IntVar(&p.options.Replicas, "replicas", 0, "the replication of every topic, for clusters of fewer brokers than the tiers ask for (default: the contracts')")
	f.BoolVar(&p.options.NoAccess, "no-access", false, "leave ACLs, users and quotas alone")
	_ = cmd.MarkFlagDirname("contracts")
}

// changes are the flags that say what may be taken away.
func (p *provisioning) changes(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringArrayVar(&p.options.Prune, "prune", nil, "a `name` that may be deleted where no contract asks for it: a data product, topic, subject, user or principal")
	f.BoolVar(&p.options.AllowDataLoss, "allow-data-loss", false, "allow steps that may lose records: shorter retention, other cleanup, deletes")
}

// wanted reads the contracts.
func (p *provisioning) wanted() (*provision.Wanted, error) {
	tree := os.DirFS(p.root)
	set, findings := contract.Load(tree)
	if contract.HasErrors(findings) {
		return nil, withNext(fmt.Errorf("the contracts in %s have errors", p.root), "tidemark check %s", p.root)
	}
	if len(set.DataProducts()) == 0 {
		return nil, withNext(fmt.Errorf("there is no data product in %s", p.root), "name the folder of the contracts with --contracts")
	}
	var err error
	if p.options.Principals, err = provision.ParsePrincipals(p.principals); err != nil {
		return nil, &usageError{fmt.Errorf("--principals: %w", err)}
	}
	p.options.File = func(file string) string { return path.Join(p.root, file) }
	wanted, err := provision.Want(set, tree, p.options)
	if err != nil {
		return nil, &usageError{err}
	}
	return wanted, nil
}

// cluster opens what the settings name. The caller closes it.
func (p *provisioning) cluster(cmd *cobra.Command) (*provision.Cluster, error) {
	log := p.logger(cmd, slog.LevelWarn)
	brokers, err := p.brokers()
	if err != nil {
		return nil, err
	}
	brokers.Logger = log
	p.SchemaCache = "" // what is applied must be in the registry, not in a memory of it
	registry, err := p.schemas(log)
	if err != nil {
		return nil, err
	}
	return provision.Open(provision.Config{
		Kafka: brokers, Registry: registry, Control: os.DirFS(p.root), By: "tidemark apply", Env: p.process.env, Clock: p.process.now,
	})
}

// plan makes a plan.
func (p *provisioning) plan(cmd *cobra.Command, cluster *provision.Cluster) (*provision.Plan, error) {
	wanted, err := p.wanted()
	if err != nil {
		return nil, err
	}
	plan, err := cluster.Plan(cmd.Context(), wanted)
	return plan, p.failed(cmd, err)
}

// failed says why a look at the world failed. Who stops the command needs no hint where brokers may be.
func (p *provisioning) failed(cmd *cobra.Command, err error) error {
	if err != nil && cmd.Context().Err() != nil {
		return errors.New("interrupted: nothing was changed")
	}
	return p.hintBrokers(err)
}

// planListing shows a plan: its steps, then what is held back.
func planListing(p *provision.Plan) listing {
	l := listing{
		value: p, columns: columns("ACTION", "KIND", "RESOURCE", "FROM", "TO", "NEEDS", "WHY", "NOTE*"),
		empty: "nothing to do: the cluster and the registry are what the contracts say",
	}
	add := func(s provision.Step, needs, note string) {
		mark := string(s.Action)
		if s.DataLoss {
			mark += " (data loss)"
		}
		l.names = append(l.names, string(s.Kind)+"/"+s.Resource.String())
		l.rows = append(l.rows, []string{mark, string(s.Kind), s.Resource.String(), s.From.String(), s.To.String(), needs, s.Why, orDash(note)})
	}
	for _, s := range p.Steps {
		add(s, "-", s.Note)
	}
	for _, h := range p.Held {
		needs := h.Needs
		if needs == "" {
			needs = "(not possible)"
		}
		add(h.Step, needs, h.Reason)
	}
	return l
}

// tell says on stderr what is no step, and how many steps there are.
func tell(cmd *cobra.Command, p *provision.Plan) {
	w := cmd.ErrOrStderr()
	for _, r := range p.Remarks {
		fmt.Fprintln(w, printable(fmt.Sprintf("note: %s: %s: %s", r.Rule, r.Resource, r.Message)))
	}
	for _, h := range p.Held {
		if h.Needs == "" {
			fmt.Fprintln(w, printable(fmt.Sprintf("not possible: %s %s: %s", h.Kind, h.Resource, h.Reason)))
		}
	}
	fmt.Fprintln(w, p.Summary())
}
