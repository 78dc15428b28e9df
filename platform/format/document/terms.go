package document

import (
	"strings"

	"github.com/tidemark-mesh/tidemark/platform/avro"
	"github.com/tidemark-mesh/tidemark/platform/contract"
)

// quality are the rules that no single value tells of.
func (w writer) quality(c *contract.Contract) {
	var items []inline
	for _, u := range c.Uniques() {
		var fields []string
		for _, f := range u.Fields {
			fields = append(fields, contract.PathText(f))
		}
		how := " differs from record to record; duplicates are counted"
		if len(fields) > 1 {
			how = " differ from record to record, taken together; duplicates are counted"
		}
		items = append(items, code(strings.Join(fields, ", ")).also("", plain(how)))
	}
	metrics := c.Metrics()
	for i := range metrics {
		m := &metrics[i]
		items = append(items, code(m.ID).also(": ", plain(m.Promise()+severity(m.Severity))))
	}
	for _, x := range c.Expressions() {
		items = append(items, code(x.Text).also("", plain(severity(x.Severity))))
	}
	for i := range c.Objects {
		items = append(items, sayings(c.Objects[i].Quality)...)
	}
	if len(items) > 0 {
		w.section("Quality across fields and records")
		w.list(items)
	}
}

func severity(s avro.Severity) string {
	if s == avro.Warning {
		return " (warning only)"
	}
	return ""
}

// sayings are the rules that are texts for people.
func sayings(rules []contract.Quality) (items []inline) {
	for i := range rules {
		if q := &rules[i]; q.Type == "text" && q.Description != "" {
			items = append(items, plain(q.Description))
		}
	}
	return items
}

// subscribe says how a consumer comes to the data.
func (w writer) subscribe(c *contract.Contract) {
	topic := c.Topic()
	if topic == "" {
		return
	}
	w.section("How to subscribe")
	key := "no key that the contract names"
	if path := contract.PathText(c.Key()); path != "" {
		key = "the field " + path + " as UTF-8 text"
	}
	kept := "every record, as long as retention is promised"
	if c.Compacted() {
		kept = "the newest record of each key; a record without a value deletes"
	}
	w.facts(
		fact{"Topic", code(topic)},
		fact{"Record key", plain(key)},
		fact{"Record value", plain("Avro, in the Confluent frame; subject ").also("", code(topic+"-value"))},
		fact{"What Kafka keeps", plain(kept)},
		fact{"Repetition", plain(repetition(c))},
	)
	var rows [][]inline
	for i := range c.Servers {
		s := &c.Servers[i]
		var registry inline
		for _, p := range s.CustomProperties {
			if p.Property == "schemaRegistryUrl" {
				registry = code(p.Value.Text)
			}
		}
		rows = append(rows, []inline{plain(s.Server), plain(s.Environment), plain(s.Type), code(s.Host), registry, plain(s.Description)})
	}
	w.grid([]string{"Server", "Environment", "Type", "Bootstrap", "Schema Registry", "Description"}, rows)
	w.say(plain("Any Kafka client reads it. Read only what is committed, and give your consumer group a name of your own:"))
	w.source("group.id=<your team>.<your use>\nisolation.level=read_committed\nauto.offset.reset=earliest")
	w.roles(c.Roles)
}

func repetition(c *contract.Contract) string {
	if c.Delivery() == contract.AtLeastOnce {
		return "a crash may repeat records"
	}
	return "each record is published once, for readers of what is committed"
}

func (w writer) roles(roles []contract.Role) {
	var rows [][]inline
	for i := range roles {
		r := &roles[i]
		approvers := strings.Trim(r.FirstLevelApprovers+", "+r.SecondLevelApprovers, ", ")
		rows = append(rows, []inline{plain(r.Role), plain(r.Access), plain(approvers), plain(r.Description)})
	}
	if len(rows) > 0 {
		w.say(plain("Ask for one of these roles:"))
		w.grid([]string{"Role", "Access", "Approved by", "Description"}, rows)
	}
}

// terms are what a consumer agrees to, and what else the contract says.
func (w writer) terms(c *contract.Contract) {
	price := ""
	if c.Price != nil {
		price = strings.TrimSpace(c.Price.Amount.Text + " " + c.Price.Currency)
		if c.Price.Unit != "" {
			price += " per " + c.Price.Unit
		}
	}
	limitations := ""
	if c.Description != nil {
		limitations = c.Description.Limitations
	}
	facts := []fact{
		{"Limitations", plain(limitations)},
		{"Kept for", plain(c.SLA().Text("retention"))},
		{"Supported until", plain(c.SLA().Text("endOfSupport"))},
		{"Ends", plain(c.SLA().Text("endOfLife"))},
		{"Price", plain(price)},
	}
	var more []fact
	for _, p := range c.CustomProperties {
		if !strings.HasPrefix(p.Property, "tidemark.") && p.Value.Items == nil && p.Value.Entries == nil {
			more = append(more, fact{p.Property, plain(p.Value.Text)})
		}
	}
	w.section("Terms")
	w.facts(append(facts, more...)...)
	w.definitions(c.AuthoritativeDefinitions)
}

func (w writer) definitions(list []contract.AuthoritativeDefinition) {
	if len(list) > 0 {
		w.section("More")
		w.definitionList(list)
	}
}

func (w writer) definitionList(list []contract.AuthoritativeDefinition) {
	var items []inline
	for i := range list {
		d := &list[i]
		items = append(items, inline{{text: d.Type + ": "}, {text: d.URL, url: d.URL}, {text: " "}, {text: d.Description}})
	}
	w.list(items)
}
