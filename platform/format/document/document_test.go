package document_test

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"golang.org/x/net/html"

	"github.com/tidemark-mesh/tidemark/platform/contract"
	"github.com/tidemark-mesh/tidemark/platform/contract/contracttest"
	"github.com/tidemark-mesh/tidemark/platform/format/document"
	"github.com/tidemark-mesh/tidemark/platform/goldentest"
)

var update = flag.Bool("update", false, "write the golden files")

// elements of a page in their order, with their attributes' names. It fails on what a page may not have.
func elements(t *testing.T, page []byte) (list []string) {
	t.Helper()
	root, err := html.Parse(bytes.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	allowed := strings.Fields("html head meta title style body main h1 h2 p dl dt dd ul li div table thead tbody tr th td a code strong pre")
	attributes := strings.Fields("lang charset http-equiv content name scope class role tabindex aria-label rel href")
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		if n.Type == html.CommentNode {
			t.Error("a comment:", n.Data)
		}
		if n.Type == html.ElementNode {
			if !slices.Contains(allowed, n.Data) {
				t.Error("element", n.Data)
			}
			list = append(list, n.Data)
			for _, a := range n.Attr {
				if !slices.Contains(attributes, a.Key) {
					t.Errorf("attribute %s=%q of %s", a.Key, a.Val, n.Data)
				}
				if a.Key == "href" && !regexp.MustCompile(`^(https?://[^/]|mailto:)`).MatchString(a.Val) {
					t.Errorf("link to %q", a.Val)
				}
				list = append(list, " "+a.Key)
			}
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return list
}

// outline is what the lines of a Markdown page are: headings, items, rows with their number of cells, code. What is escaped, and what
// stands in code, is no markup.
func outline(t *testing.T, page []byte) (list []string) {
	t.Helper()
	fence := ""
	for line := range strings.Lines(string(page)) {
		line = strings.TrimSuffix(line, "\n")
		if fence != "" {
			if line == fence {
				fence = ""
			}
			list = append(list, "code")
			continue
		}
		kind := ""
		switch {
		case strings.HasPrefix(line, "```"):
			fence, kind = line, "code"
		case strings.HasPrefix(line, "#"):
			kind, line, _ = strings.Cut(line, " ")
		case strings.HasPrefix(line, "- "):
			kind, line = "item", line[2:]
		case strings.HasPrefix(line, "|"):
			kind = "row"
		case line != "":
			kind = "text"
		}
		if fence == "" {
			kind += markup(t, line, kind)
		}
		list = append(list, kind)
	}
	return list
}

var (
	spans   = regexp.MustCompile("`[^`]*`")
	escaped = regexp.MustCompile(`\\[!-/:-@\[-` + "`" + `{-~]|&(?:amp|lt|gt);`)
	links   = regexp.MustCompile(`\]\(<https?://[^ <>|]*>\)|\]\(<mailto:[^ <>|]*>\)`)
)

// markup is what markup is left in a line.
func markup(t *testing.T, line, kind string) string {
	t.Helper()
	line = links.ReplaceAllString(line, "]")
	line = spans.ReplaceAllString(escaped.ReplaceAllString(line, ""), "")
	if i := strings.IndexAny(line, "<>`"); i >= 0 {
		t.Errorf("%q in %s %q", line[i], kind, line)
	}
	if strings.Contains(line, "://") || strings.Contains(strings.ToLower(line), "www.") || strings.Contains(line, "@") {
		t.Errorf("a link that nobody wrote: %q", line)
	}
	left := ""
	for _, r := range line {
		if strings.ContainsRune("|*_[]~$", r) {
			left += string(r)
		}
	}
	return left
}

func contracts(t *testing.T) *contract.Set {
	t.Helper()
	set, _ := contract.Load(os.DirFS("../../../contracts"))
	if len(set.Contracts()) == 0 {
		t.Fatal("no contracts")
	}
	return set
}

func TestContracts(t *testing.T) {
	set := contracts(t)
	for _, c := range set.Contracts() {
		p, _, _ := set.Publisher(c.ID)
		page := document.HTML(c, p, set)
		elements(t, page)
		md := document.Markdown(c, p, set)
		outline(t, md)
		for _, want := range []string{c.Name, c.Topic(), c.Owner(), c.Version} {
			if !bytes.Contains(page, []byte(html.EscapeString(want))) {
				t.Errorf("%s: %q is not on the page", c.File, want)
			}
		}
		for _, f := range c.Schema().Fields() {
			if !bytes.Contains(page, []byte("<code>"+f.Name()+"</code>")) || !bytes.Contains(md, []byte("`"+f.Name()+"`")) {
				t.Errorf("%s: the field %s is not on the page", c.File, f.Name())
			}
		}
	}
	for _, p := range set.DataProducts() {
		elements(t, document.HTML(nil, p, set))
		outline(t, document.Markdown(nil, p, set))
	}
	document.HTML(nil, nil, nil)
	document.Markdown(&contract.Contract{}, &contract.DataProduct{}, nil)
}

const (
	productText = `{apiVersion: v1.0.0, kind: DataProduct, id: orders.order-lines, name: Order lines, version: 1.2.0, status: active, domain: orders, tags: [orders], description: {purpose: Lines of orders.}, team: {name: orders-team},
  inputPorts: [{name: placed, version: 1.0.0, contractId: "urn:datamesh:orders:checkout:placed:1"}, {name: other, version: 1.0.0, contractId: "urn:datamesh:orders:checkout:other:1"}],
  outputPorts: [{name: lines, description: Each line., type: topic, version: 1.0.0, contractId: "urn:datamesh:orders:order-lines:lines:1", inputContracts: [{id: "urn:datamesh:orders:checkout:placed:1", version: 1.0.0}]}],
  managementPorts: [{name: health, content: observability, type: topic, channel: platform.mesh.freshness.v1}, {name: site, content: discoverability, type: rest, url: "https://mesh.example/x?a=1&b=2"}],
  customProperties: [{property: tidemark.mode, value: transform}]}`
	readerText = `{apiVersion: v1.0.0, kind: DataProduct, id: marketing.sales, name: Sales, version: 1.0.0, status: active, domain: marketing, team: {name: marketing-team},
  inputPorts: [{name: lines, version: 1.0.0, contractId: "urn:datamesh:orders:order-lines:lines:1"}], outputPorts: [{name: sales, type: topic, version: 1.0.0, contractId: "urn:datamesh:marketing:sales:sales:1"}],
  customProperties: [{property: tidemark.mode, value: transform}]}`
	linesText = `{apiVersion: v3.1.0, kind: DataContract, id: "urn:datamesh:orders:order-lines:lines:1", version: 1.0.0, status: active, name: Order lines, domain: orders, tags: [orders, lines],
  description: {purpose: "What the shop sells: \"5 < 6\" & more.", usage: Count it., limitations: "No test orders. 2 * 3 = 6, a_b_c | d"},
  authoritativeDefinitions: [{type: businessDefinition, url: "https://wiki.example/lines_of_orders"}, {type: other, url: "javascript:alert(1)"}],
  servers: [{server: demo, type: kafka, host: "127.0.0.1:9092", environment: demo, customProperties: [{property: schemaRegistryUrl, value: "http://127.0.0.1:8081"}]}],
  schema: [{name: OrderLine, physicalName: orders.order-lines.lines.v1, physicalType: topic, description: A line., dataGranularityDescription: One for each line., quality: [{metric: rowCount, mustBeGreaterThan: 0}, {type: text, description: Prices are net.}, {type: custom, engine: cel, implementation: 'quantity < 1000 || note != null', severity: warning}], properties: [
    {name: id, logicalType: string, required: true, unique: true, description: The line., logicalTypeOptions: {pattern: "^[A-Z|]{2}-\\d+$"}, examples: [AB-1]},
    {name: quantity, logicalType: integer, required: true, logicalTypeOptions: {minimum: 1}, transformSourceObjects: [PlacedOrder.lines.quantity], transformLogic: copied},
    {name: note, logicalType: string, classification: pii, examples: [secret], description: Free text.},
    {name: at, logicalType: timestamp, required: true}]}],
  slaProperties: [{property: freshness, value: 5, unit: minutes, driver: operational, description: All day.}, {property: retention, value: 30, unit: days}],
  team: {name: orders-team, description: Answers., members: [{username: ines, name: Ines Keller, role: owner}]}, price: {priceAmount: 9.95, priceCurrency: USD, priceUnit: megabyte},
  support: [{channel: "#orders", tool: slack, url: "https://shop.example/chat?x=1&y=2", description: Ask here.}, {channel: mail, url: "mailto:orders@shop.example"}],
  roles: [{role: reader, access: read, firstLevelApprovers: ines}],
  customProperties: [{property: tidemark.key, value: id}, {property: tidemark.eventTime, value: at}, {property: costCentre, value: 4711}]}`
	otherText = `{apiVersion: v3.1.0, kind: DataContract, id: "urn:datamesh:%s:1", version: 1.0.0, status: active, name: %s, team: {name: %s}, schema: [{name: T, physicalName: %s, physicalType: topic, properties: [{name: id, logicalType: string, required: true}]}]}`
)

func tree(t *testing.T) (*contract.Set, *contract.Contract, *contract.DataProduct) {
	t.Helper()
	other := func(id, name, team, topic string) *fstest.MapFile {
		return &fstest.MapFile{Data: fmt.Appendf(nil, otherText, id, name, team, topic)}
	}
	one := &fstest.MapFile{Data: []byte(`{"type":"record","name":"T","fields":[{"name":"id","type":"string"}]}`)}
	set, findings := contract.Load(fstest.MapFS{
		"orders/order-lines/product.odps.yaml":  {Data: []byte(productText)},
		"orders/order-lines/lines.v1.odcs.yaml": {Data: []byte(linesText)},
		"orders/order-lines/lines.v1.avsc":      {Data: []byte(`{"type":"record","name":"OrderLine","fields":[{"name":"id","type":"string"},{"name":"quantity","type":"int"},{"name":"note","type":["null","string"]},{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}`)},
		"orders/checkout/placed.odcs.yaml":      other("orders:checkout:placed", "Placed orders", "checkout-team", "checkout.placed"),
		"orders/checkout/placed.avsc":           one,
		"marketing/sales/product.odps.yaml":     {Data: []byte(readerText)},
		"marketing/sales/sales.v1.odcs.yaml":    other("marketing:sales:sales", "Sales", "marketing-team", "marketing.sales.sales.v1"),
		"marketing/sales/sales.v1.avsc":         one,
	})
	c, ok := set.Contract("urn:datamesh:orders:order-lines:lines:1")
	p, also := set.DataProduct("orders.order-lines")
	if !ok || !also {
		t.Fatal(findings)
	}
	return set, c, p
}

func TestGolden(t *testing.T) {
	set, c, p := tree(t)
	goldentest.Equal(t, "testdata/lines.md", document.Markdown(c, p, set), *update)
	goldentest.Equal(t, "testdata/lines.html", document.HTML(c, p, set), *update)
	goldentest.Equal(t, "testdata/product.md", document.Markdown(nil, p, set), *update)
	page := string(document.HTML(c, p, set))
	if strings.Contains(page, "secret") || strings.Contains(page, `href="javascript`) {
		t.Error("an example of a masked field, or a script's address, is on the page")
	}
	for _, url := range regexp.MustCompile(`(?:src|href|url)[=(]["']?([^"')]*)`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(url[1], "https://") && !strings.HasPrefix(url[1], "mailto:") && url[1] != "href" {
			t.Error("from elsewhere:", url)
		}
	}
}

// fill puts a text into every text that a model has.
func fill(v reflect.Value, text string, depth int) {
	switch v.Kind() {
	case reflect.String:
		if v.CanSet() {
			v.SetString(text)
		}
	case reflect.Struct:
		for i := range v.NumField() {
			if f := v.Field(i); f.CanSet() && v.Type().Field(i).Name != "Place" {
				fill(f, text, depth)
			}
		}
	case reflect.Pointer:
		if depth < 5 {
			if v.IsNil() {
				v.Set(reflect.New(v.Type().Elem()))
			}
			fill(v.Elem(), text, depth+1)
		}
	case reflect.Slice:
		if depth < 5 && v.Type().Elem().Kind() != reflect.Uint8 {
			v.Set(reflect.MakeSlice(v.Type(), 2, 2))
			for i := range v.Len() {
				fill(v.Index(i), text, depth+1)
			}
		}
	case reflect.Uint8:
		v.SetUint(2) // a Value's kind: text
	}
}

func filled(text string) (*contract.Contract, *contract.DataProduct) {
	c, p := &contract.Contract{}, &contract.DataProduct{}
	fill(reflect.ValueOf(c).Elem(), text, 0)
	fill(reflect.ValueOf(p).Elem(), text, 0)
	c.Raw, p.Raw = nil, nil
	c.Objects = c.Objects[:1]
	c.Objects[0].PhysicalType = "topic"
	return c, p
}

var payloads = []string{
	"<script>alert(1)</script>", `"><img src=x onerror=alert(1)>`, "' onmouseover='alert(1)", "</style><script>alert(1)</script>", "</title><svg/onload=alert(1)>", "<!-- x", "]]>", "&lt;script&gt;", "<a href=\"javascript:alert(1)\">x</a>",
	"javascript:alert(1)", "java\tscript:alert(1)", "data:text/html,<script>alert(1)</script>", "https://evil.example\" onclick=\"alert(1)", "JaVaScRiPt:alert(1)", "//evil.example", "vbscript:x",
	"a\n\n# Heading\n\n- item", "a | b | c |\n| --- |", "[x](javascript:alert(1))", "![x](https://evil.example/x.png)", "**bold** _it_ ~~gone~~", "`code` ``` fence", "```\nfence\n```", "1. one", "- item", "+ item", "= =", "---", "> quote",
	"\\", "\\|", "\\`", "x\\", "www.evil.example", "https://evil.example/x", "me@evil.example", "$x$", "<b>", "[ref]: https://evil.example", "*", "\u202eevil\u202c", "a\x00b\x1b[31m", "  four", "\t tab", "&amp;", "{{template}}", "#", "a](<b>)", "<https://evil.example>", "`|`", "||||",
}

// A page of hostile texts has the same elements as a page of harmless ones.
func TestHostileTextsStayText(t *testing.T) {
	benign, product := filled("x")
	set := &contract.Set{}
	wantHTML := elements(t, document.HTML(benign, product, set))
	wantMarkdown := outline(t, document.Markdown(benign, product, set))
	wantProduct := elements(t, document.HTML(nil, product, set))
	for _, payload := range payloads {
		c, p := filled(payload)
		if strings.HasPrefix(payload, "http") { // those that may be links are looked at by elements
			elements(t, document.HTML(c, p, set))
			continue
		}
		page := document.HTML(c, p, set)
		if got := elements(t, page); !slices.Equal(got, wantHTML) {
			t.Errorf("%q changes the page", payload)
		}
		if bytes.ContainsAny(page, "\x00\x1b\u202e") {
			t.Errorf("%q leaves control characters", payload)
		}
		if got := elements(t, document.HTML(nil, p, set)); !slices.Equal(got, wantProduct) {
			t.Errorf("%q changes the data product's page", payload)
		}
		if got := outline(t, document.Markdown(c, p, set)); !slices.Equal(got, wantMarkdown) {
			for i := range min(len(got), len(wantMarkdown)) {
				if got[i] != wantMarkdown[i] {
					t.Errorf("%q: line %d is %q, not %q: %q", payload, i, got[i], wantMarkdown[i], strings.Split(string(document.Markdown(c, p, set)), "\n")[i])
					break
				}
			}
		}
	}
}

// Every kind of rule is told.
func TestRules(t *testing.T) {
	text := `{apiVersion: v3.2.0, kind: DataContract, id: a, version: 1.0.0, schema: [{name: T, physicalName: t, physicalType: topic, properties: [` +
		strings.ReplaceAll(strings.ReplaceAll(contracttest.Properties(0), "- {", "{"), "}\n", "},") + `]}]}`
	c, findings := contract.ParseContract("a.odcs.yaml", []byte(text))
	if c == nil {
		t.Fatal(findings)
	}
	rules, _ := c.Rules()
	if len(rules) < len(contracttest.Kinds()) {
		t.Fatal(len(rules))
	}
	page := string(document.Markdown(c, nil, nil))
	for i, k := range contracttest.Kinds() {
		row := regexp.MustCompile(fmt.Sprintf("(?m)^\\| `f%d` .*$", i)).FindString(page)
		if len(strings.Split(row, "|")) < 6 || regexp.MustCompile(`\| +\|$`).MatchString(row) && !strings.Contains(row, "yes") {
			t.Errorf("%s: %q", k.Rule, row)
		}
	}
	elements(t, document.HTML(c, nil, nil))
}
