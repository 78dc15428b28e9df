package gotypes_test

import (
	"strings"
	"testing"

	"github.com/tidemark-mesh/tidemark/platform/avro/gotypes"
)

// A view has a method for each field and a patch a setter, of the types that the struct has; records have theirs.
func TestViews(t *testing.T) {
	source := gotypes.Source{File: "order.avsc", Text: []byte(`{"type":"record","name":"Order","namespace":"shop","fields":[
		{"name":"id","type":"string","doc":"The order's\n  number."},{"name":"n","type":["null","int"]},
		{"name":"shipTo","type":{"type":"record","name":"Address","fields":[{"name":"city","type":"string"},{"name":"at","type":{"type":"record","name":"At","fields":[{"name":"lat","type":"double"},{"name":"lon","type":"double"}]}}]}},
		{"name":"mark","type":{"type":"fixed","name":"Mark","size":4}},{"name":"mark2","type":["null","Mark"]},
		{"name":"total","type":["null",{"type":"bytes","logicalType":"decimal","precision":9,"scale":2}]},
		{"name":"lines","type":{"type":"array","items":{"type":"record","name":"Line","fields":[{"name":"due","type":["null",{"type":"int","logicalType":"date"}]}]}}},
		{"name":"homes","type":{"type":"map","values":["null","Address"]}},{"name":"tags","type":{"type":"array","items":{"type":"array","items":"bytes"}}},
		{"name":"next","type":["null","Order"]}]}`)}
	text, err := gotypes.Views("shop", source)
	if err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(string(text)), " ")
	for _, want := range []string{
		`import ( "math/big" "time" "github.com/tidemark-mesh/tidemark/platform/dataproduct" )`,
		`// ID: The order's number. func (v OrderView) ID() string { return v.in.Field(0).Text() }`,
		`func (v OrderView) N() *int32 { return dataproduct.Optional(v.in.Field(1), dataproduct.Value.Int) }`,
		`func (v OrderView) ShipTo() AddressView { return AddressView{v.in.Record(2)} }`,
		`func (v OrderView) Mark() [4]byte { return [4]byte(v.in.Field(3).Bytes()) }`,
		`func (v OrderView) Total() **big.Rat { return dataproduct.Optional(v.in.Field(5), dataproduct.Value.Decimal) }`,
		`func (v OrderView) Lines() dataproduct.List[LineView] { return dataproduct.ListOf[LineView](v.in.Field(6)) }`,
		`func (v OrderView) Homes() map[string]*AddressView`,
		`func (v OrderView) Tags() [][][]byte`,
		`func (v OrderView) Next() *OrderView`,
		`func (v LineView) Due() *time.Time { return dataproduct.Optional(v.in.Field(0), dataproduct.Value.Time) }`,
		`func (p OrderPatch) SetN(v *int32) { if v == nil { p.to.SetNull(1) return } p.to.SetInt(1, *v) }`,
		`func (p OrderPatch) ShipTo() AddressPatch { return AddressPatch{p.to.Record(2)} }`,
		`func (p AddressPatch) At() AtPatch { return AtPatch{p.to.Record(1)} }`,
		`func (p OrderPatch) SetMark(v [4]byte) { p.to.SetBytes(5, v[:]) }`, // after the three leaves of shipTo
		`func (p OrderPatch) SetMark2(v *[4]byte) { if v == nil { p.to.SetNull(6) return } p.to.SetBytes(6, v[:]) }`,
		`func (p OrderPatch) SetTotal(v **big.Rat) { if v == nil { p.to.SetNull(7) return } p.to.SetDecimal(7, *v) }`,
		`func (p OrderPatch) SetLines(v []Line) { dataproduct.SetWhole(p.to, 8, v) }`,
		`func (p OrderPatch) SetHomes(v map[string]*Address) { dataproduct.SetWhole(p.to, 9, v) }`,
		`func (p OrderPatch) SetNext(v *Order) { dataproduct.SetWhole(p.to, 11, v) }`,
	} {
		if !strings.Contains(got, want) {
			t.Errorf("there is no %s in\n%s", want, text)
		}
	}
	_, err = gotypes.Views("shop", gotypes.Source{File: "a.avsc", Text: []byte(record("A", `"int"`))}, gotypes.Source{File: "b.avsc",
		Text: []byte(`{"type":"record","name":"B","fields":[{"name":"schemaShape","type":"int"}]}`)})
	if err == nil || !strings.Contains(err.Error(), "b.avsc: field schemaShape of B") {
		t.Errorf("a field with the name of a generated method: %v", err)
	}
}
