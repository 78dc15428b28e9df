package main

import (
	"context"
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
	judges     judging // of plan and apply
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
	p.judges.flags(cmd)
	f.BoolVar(&p.judges.none, "no-policies", false, "leave the policies out")
}

// load reads the contracts for drift, which looks at what is there whatever check says.
func (p *provisioning) load() (*contract.Set, error) {
	if _, err := newTarget(p.root); err != nil {
		return nil, err
	}
	set, findings := contract.Load(os.DirFS(p.root))
	if contract.HasErrors(findings) {
		return nil, p.faulty()
	}
	return set, nil
}

// wanted is what contracts ask for.
func (p *provisioning) wanted(set *contract.Set) (*provision.Wanted, error) {
	if len(set.DataProducts()) == 0 {
		return nil, withNext(fmt.Errorf("there is no data product in %s", p.root), "name the folder of the contracts with --contracts")
	}
	var err error
	if p.options.Principals, err = provision.ParsePrincipals(p.principals); err != nil {
		return nil, &usageError{fmt.Errorf("--principals: %w", err)}
	}
	if err := p.options.Principals.Check(set, p.options.Prune); err != nil {
		return nil, &usageError{fmt.Errorf("--principals: %w", err)}
	}
	p.options.File = func(file string) string { return path.Join(p.root, file) }
	wanted, err := provision.Want(set, os.DirFS(p.root), p.options)
	if err != nil {
		return nil, &usageError{err}
	}
	return wanted, nil
}

// faulty says that the contracts cannot be gone by, and how to see why.
func (p *provisioning) faulty() error {
	next := "tidemark check " + p.root
	if p.judges.folder != "" {
		next += " --policies " + p.judges.folder
	}
	if p.judges.environment != "" {
		next += " --environment " + p.judges.environment
	}
	return withNext(fmt.Errorf("the contracts in %s have errors", p.root), "%s", next)
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
	ctx, stop := context.WithCancel(cmd.Context())
	defer stop()
	set, checked, err := p.check(cmd, stop)
	if err != nil {
		return nil, err
	}
	wanted, err := p.wanted(set)
	var plan *provision.Plan
	if err == nil {
		plan, err = cluster.Plan(ctx, wanted)
		err = p.failed(cmd, err)
	}
	if wrong := checked(); wrong != nil {
		return nil, wrong
	}
	return plan, err
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
		switch {
		case s.DataLoss:
			mark += " (data loss)"
		case s.Kind == provision.Partitions && s.Note != "":
			mark += " (keys move)"
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
	for _, s := range p.Steps {
		if s.Kind == provision.Partitions && s.Note != "" {
			fmt.Fprintln(w, printable(fmt.Sprintf("note: %s %s: %s", s.Kind, s.Resource, s.Note)))
		}
	}
	for _, h := range p.Held {
		if h.Needs == "" {
			fmt.Fprintln(w, printable(fmt.Sprintf("not possible: %s %s: %s", h.Kind, h.Resource, h.Reason)))
		}
	}
	fmt.Fprintln(w, p.Summary())
}
