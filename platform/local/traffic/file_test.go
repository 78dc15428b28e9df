package traffic

import (
	"strings"
	"testing"
)

func TestFileIsWhole(t *testing.T) {
	orders, err := File()
	if err != nil {
		t.Fatal(err)
	}
	var lines, twice int
	var sales, profit Money
	names := map[string]map[string]bool{}
	for i := range orders {
		o := &orders[i]
		lines += len(o.Lines)
		sales += o.Total()
		products := map[string]bool{}
		for _, l := range o.Lines {
			profit += l.Profit
			products[l.ProductID] = true
			if names[l.ProductID] == nil {
				names[l.ProductID] = map[string]bool{}
			}
			names[l.ProductID][l.ProductName] = true
		}
		if len(products) < len(o.Lines) {
			twice++
		}
	}
	if len(orders) != 5009 || lines != 9994 {
		t.Errorf("%d orders with %d lines, want 5009 with 9994", len(orders), lines)
	}
	if sales.String() != "2297200.8603" || profit.String() != "286397.0217" {
		t.Errorf("sales %s and profit %s, want 2297200.8603 and 286397.0217", sales, profit)
	}
	renamed := 0
	for _, n := range names {
		if len(n) > 1 {
			renamed++
		}
	}
	if renamed != 32 || twice != 8 {
		t.Errorf("%d products with several names, %d orders that name a product twice; want 32 and 8", renamed, twice)
	}
}

func TestParseNamesLineAndColumn(t *testing.T) {
	head, rest, _ := strings.Cut(string(superstore), "\n")
	lines := strings.SplitN(rest, "\n", 4)
	file := func(rows ...string) string { return head + "\n" + strings.Join(rows, "\n") + "\n" }
	one := lines[0]
	for name, c := range map[string]struct{ text, want string }{
		"no header":       {"", "reading the header"},
		"other header":    {strings.Replace(file(one), "Profit", "Gain", 1), "f.csv:1: the columns are"},
		"missing column":  {file(one, lines[1][:40]), "f.csv: record on line 3: wrong number of fields"},
		"row number":      {file(one, one), "f.csv:3: column Row ID: row 1 stands where row 2 belongs"},
		"sales":           {file(strings.Replace(one, "261.96", "261.96001", 1)), "f.csv:2: column Sales: \"261.96001\" is not a decimal"},
		"no sales":        {file(strings.Replace(one, "261.96", "0", 1)), "f.csv:2: column Sales: is not above zero"},
		"quantity":        {file(strings.Replace(one, ",2,0,", ",-2,0,", 1)), "f.csv:2: column Quantity"},
		"discount":        {file(strings.Replace(one, ",2,0,", ",2,1,", 1)), "f.csv:2: column Discount"},
		"date":            {file(strings.Replace(one, "2016-11-08", "08.11.2016", 1)), "f.csv:2: column Order Date"},
		"shipped early":   {file(strings.Replace(one, "2016-11-11", "2016-11-01", 1)), "f.csv:2: column Ship Date: is before the order"},
		"unknown segment": {file(strings.Replace(one, "\"Consumer\"", "\"Pets\"", 1)), "f.csv:2: column Segment: \"Pets\" is none of the known values"},
		"empty city":      {file(strings.Replace(one, "\"Henderson\"", "\"\"", 1)), "f.csv:2: column City: is empty"},
		"disagreement":    {file(one, strings.Replace(lines[1], "\"Henderson\"", "\"Paducah\"", 1)), "f.csv:3: column Order ID: the line disagrees"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Parse("f.csv", strings.NewReader(c.text))
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("Parse = %v, want an error with %q", err, c.want)
			}
		})
	}
}

func TestMoneyLosesNothing(t *testing.T) {
	for text, want := range map[string]string{"0": "0.0000", "1": "1.0000", "1.5": "1.5000", "-0.0001": "-0.0001", "22638.48": "22638.4800", "-6599.978": "-6599.9780"} {
		m, err := ParseMoney(text)
		if err != nil || m.String() != want || m.Rat().FloatString(4) != want {
			t.Errorf("%s: %s, %v, %s", text, m, err, m.Rat().FloatString(4))
		}
	}
	for _, text := range []string{"", "-", ".5", "1.", "1.23456", "1e3", "+1", "--1", "1,5", "99999999999999999999"} {
		if m, err := ParseMoney(text); err == nil {
			t.Errorf("%q gave %s", text, m)
		}
	}
}
