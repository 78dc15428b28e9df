package main

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/mesh"
	"github.com/tidemark-mesh/tidemark/platform/portal/client"
	"github.com/tidemark-mesh/tidemark/platform/portal/human"
)

func describeDataProduct(d *sheet, p mesh.DataProduct, r related) {
	d.facts(
		"Data product", p.ID,
		"Description", p.Description,
		"Owner", orDash(p.Owner),
		"Mode", p.Mode,
		"Work", work(p.Tiers),
		"Version", orDash(p.Version),
		"State", p.State,
		"Status", p.Status,
		"Instances wanted", strconv.Itoa(p.InstancesWanted),
		"Reads", strings.Join(p.Inputs, ", "),
		"Published", human.Ago(p.PublishedAt, d.now)+" by "+orDash(p.PublishedBy),
		"Digest", p.Digest,
	)
	list, err := r.Ports(r.ctx, client.Filter{"data_product": p.ID})
	if d.fail(err) {
		return
	}
	portTable := ports().listing(list, d.now)
	d.section("Ports", "none", portTable.columns, portTable.rows)

	held, err := r.Instances(r.ctx, client.Filter{"data_product": p.ID})
	if d.fail(err) {
		return
	}
	instanceTable := instances().listing(held, d.now)
	d.section("Instances", "no instance runs it", instanceTable.columns, instanceTable.rows)

	broken, err := r.Breaches(r.ctx, client.Filter{"data_product": p.ID})
	if d.fail(err) {
		return
	}
	breachTable := breaches().listing(broken, d.now)
	d.section("Breaches", "none open", breachTable.columns, breachTable.rows)
	problems(d, p.Problems)
}

func describePort(d *sheet, p mesh.Port, r related) {
	h := p.Health
	d.facts(
		"Port", p.ID,
		"Description", p.Description,
		"Data product", p.DataProduct,
		"Owner", orDash(p.Owner),
		"Mode", p.Mode,
		"Topic", p.Topic,
		"Version", orDash(p.Version),
		"Contract", orDash(p.ContractID),
		"Made from", strings.Join(p.Upstream, ", "),
		"Read by", strings.Join(p.Readers, ", "),
	)
	d.WriteString("\nHealth\n")
	var facts sheet
	facts.facts(
		"  Status", h.Status,
		"  Freshness", freshnessText(h),
		"  Completeness", human.Percent(h.Completeness),
		"  Records", number(h.RecordCount),
		"  Last update", age(h.LastUpdate, d.now),
		"  Accepted", number(h.Accepted),
		"  Rejected", counts(h.Rejected),
		"  Filtered", counts(h.Filtered),
		"  Warnings", counts(h.Warnings),
		"  Waiting", number(h.Lag),
		"  Lost", lost(h.Lost),
		"  Latency", human.Seconds(h.LatencyP50)+", 99 % within "+human.Seconds(h.LatencyP99),
	)
	d.WriteString(facts.String())

	var promised [][]string
	for _, q := range p.Promises {
		row := []string{q.Property, q.Text, human.Measured(q.Value, q.Unit), human.Kept(q.Holds, q.Severity == avro.Warning.String()), human.Window(q.Start, q.End, q.Records)}
		if q.NotJudged != "" {
			row = []string{q.Property, q.Text, human.None, "not judged here", q.NotJudged}
		}
		promised = append(promised, row)
	}
	d.section("Promises", "none", columns("PROMISE", "PROMISED", "MEASURED", "VERDICT", "WINDOW (UTC)"), promised)

	var verified [][]string
	for _, v := range h.Verified {
		verified = append(verified, []string{strconv.Itoa(int(v.Partition)), strconv.FormatInt(v.From, 10), strconv.FormatInt(v.To, 10), v.ContractDigest})
	}
	d.section("Verified offsets", "none yet", columns("PARTITION", "FROM", "TO", "CONTRACT*"), verified)

	var inputs [][]string
	for _, i := range p.Inputs {
		inputs = append(inputs, []string{
			i.Topic, strconv.Itoa(int(i.Partition)), i.Instance, strconv.FormatInt(i.Position, 10), number(i.Lag),
			number(i.Accepted), number(total(i.Rejected)), number(total(i.Filtered)), age(i.UpdatedAt, d.now),
		})
	}
	d.section("Input partitions", "none yet", columns("TOPIC", "PARTITION", "INSTANCE", "POSITION", "LAG", "ACCEPTED", "REJECTED", "FILTERED", "UPDATED"), inputs)

	broken, err := r.Breaches(r.ctx, client.Filter{"port": p.ID})
	if d.fail(err) {
		return
	}
	breachTable := breaches().listing(broken, d.now)
	d.section("Breaches", "none open", breachTable.columns, breachTable.rows)
	fmt.Fprintf(d, "\nFollow it with: tidemark tail %s\n", printable(cmp.Or(p.Topic, p.ID)))
}

// verdictText is what the policies say, in a word.
func verdictText(v *mesh.Verdict) string {
	if v == nil {
		return "not judged yet"
	}
	return v.Outcome
}

func describeContract(d *sheet, c mesh.Contract, _ related) {
	d.facts(
		"Contract", c.ID,
		"Name", c.Name,
		"Description", c.Description,
		"Owner", orDash(c.Owner),
		"Version", orDash(c.Version),
		"Versions", strings.Join(c.Versions, ", "),
		"Status", orDash(c.Status),
		"Port", orDash(c.Port),
		"Topic", orDash(c.Topic),
		"Published", human.Ago(c.PublishedAt, d.now)+" by "+orDash(c.PublishedBy),
		"Digest", c.Digest,
		"Policies", verdictText(c.Verdict),
	)
	if c.Verdict != nil && len(c.Verdict.Findings) > 0 {
		var found [][]string
		for _, f := range c.Verdict.Findings {
			found = append(found, []string{f.Severity, f.Rule, orDash(f.Path), f.Message})
		}
		d.section("Found by the policies", "", columns("SEVERITY", "RULE", "PATH", "MESSAGE"), found)
	}
	var promised [][]string
	for _, p := range c.Promises {
		note := "-"
		switch {
		case p.NotJudged != "":
			note = "not judged here: " + p.NotJudged
		case p.Severity == avro.Warning.String():
			note = "a warning: it breaches nothing"
		}
		promised = append(promised, []string{p.Property, p.Text, note})
	}
	d.section("Promises", "none", columns("PROMISE", "PROMISED", "NOTE"), promised)

	var fields [][]string
	for _, f := range c.Fields {
		fields = append(fields, []string{f})
	}
	d.section("Fields", "none", columns("FIELD"), fields)
	problems(d, c.Problems)
	d.WriteString("\nDocument\n")
	for line := range strings.Lines(c.Document) {
		indent := len(line) - len(strings.TrimLeft(line, " "))
		d.WriteString("  " + line[:indent] + printable(strings.TrimSpace(line)) + "\n")
	}
}

func describeInstance(d *sheet, i mesh.Instance, _ related) {
	d.facts(
		"Instance", i.Name,
		"State", i.State,
		"Cause", i.Cause,
		"Incarnation", i.Incarnation,
		"Version", orDash(i.Version),
		"Up", human.Age(i.StartedAt, d.now),
		"Heartbeat", human.Ago(i.LastHeartbeat, d.now)+", every "+human.Seconds(&i.HeartbeatSeconds),
		"Dropped events", number(i.DroppedEvents),
	)
	var held [][]string
	for _, h := range i.DataProducts {
		var parts []string
		for _, p := range h.Partitions {
			parts = append(parts, p.Topic+"/"+strconv.Itoa(int(p.Partition)))
		}
		held = append(held, []string{h.ID, h.State, h.Mode, h.Version, orDash(strings.Join(parts, " "))})
	}
	d.section("Data products", "none", columns("DATA PRODUCT", "STATE", "MODE", "VERSION", "INPUT PARTITIONS"), held)
}

// lost says how many input records retention removed before they were read; nothing where none was.
func lost(n int64) string {
	if n == 0 {
		return ""
	}
	return number(n) + " input records, removed by retention before they were read"
}

// work says how much of a record is touched, by input port; nothing where nobody says it.
func work(byPort map[string]string) string {
	var parts []string
	for _, port := range slices.Sorted(maps.Keys(byPort)) {
		parts = append(parts, port+" "+byPort[port])
	}
	return strings.Join(parts, "; ")
}

func problems(d *sheet, list []string) {
	if len(list) == 0 {
		return
	}
	d.WriteString("\nProblems\n")
	for _, p := range list {
		d.WriteString("  " + printable(p) + "\n")
	}
}

func freshnessText(h mesh.Health) string {
	text := human.Minutes(h.FreshnessMinutes)
	if h.Backfill {
		text += " (backfilling: not judged)"
	} else if h.Idle {
		text += " (idle)"
	}
	return text
}

// counts writes "12 (rule.broken 10, avro.truncated 2)".
func counts(by map[string]int64) string {
	var parts []string
	for _, name := range slices.Sorted(maps.Keys(by)) {
		parts = append(parts, name+" "+number(by[name]))
	}
	text := number(total(by))
	if len(parts) > 0 {
		text += " (" + strings.Join(parts, ", ") + ")"
	}
	return text
}

func total(by map[string]int64) (sum int64) {
	for _, n := range by {
		sum += n
	}
	return sum
}
