package traffic

import (
	"bytes"
	_ "embed" // the order data
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"time"
)

// superstore is the order data, MIT licensed: data/superstore.LICENSE.
//
//go:embed data/superstore.csv
var superstore []byte

const superstoreName = "superstore.csv"

// Order is an order of the file.
type Order struct {
	ID           string
	Day, ShipDay int // days since 1970, as the file says
	ShipMode     string
	CustomerID   string
	CustomerName string
	Segment      string
	ShipTo       ShipTo
	Lines        []Line
}

// Line is one line of an order.
type Line struct {
	ProductID   string
	ProductName string
	Category    string
	SubCategory string
	Quantity    int
	Sales       Money
	Discount    Money
	Profit      Money
}

// Total is the sum of the lines' sales.
func (o *Order) Total() Money {
	var sum Money
	for i := range o.Lines {
		sum += o.Lines[i].Sales
	}
	return sum
}

// listPrice is what one unit cost before discount, rounded to four places.
func (l *Line) listPrice() Money {
	units := Money(l.Quantity) * (moneyScale - l.Discount)
	return (l.Sales*moneyScale + units/2) / units
}

// File reads the embedded order data.
func File() ([]Order, error) { return Parse(superstoreName, bytes.NewReader(superstore)) }

var header = []string{"Row ID", "Order ID", "Order Date", "Ship Date", "Ship Mode", "Customer ID", "Customer Name",
	"Segment", "Country", "City", "State", "Postal Code", "Region", "Product ID", "Category", "Sub-Category",
	"Product Name", "Sales", "Quantity", "Discount", "Profit"}

// The file's words, as the contracts' enums have them.
var (
	shipModes  = map[string]string{"Same Day": "sameDay", "First Class": "firstClass", "Second Class": "secondClass", "Standard Class": "standardClass"}
	segments   = map[string]string{"Consumer": "consumer", "Corporate": "corporate", "Home Office": "homeOffice"}
	regions    = map[string]string{"West": "west", "Central": "central", "East": "east", "South": "south"}
	categories = map[string]string{"Furniture": "furniture", "Office Supplies": "officeSupplies", "Technology": "technology"}
)

// Parse reads order lines and groups them to orders, in the order in which the orders first appear. It is strict: a
// column that is missing or new, a value that does not parse, a row out of sequence, or lines that disagree about
// their order are errors that name the line and the column.
func Parse(name string, from io.Reader) ([]Order, error) {
	rows := csv.NewReader(from)
	rows.FieldsPerRecord = len(header)
	rows.ReuseRecord = true
	first, err := rows.Read()
	if err != nil {
		return nil, fmt.Errorf("%s: reading the header: %w", name, err)
	}
	if !slices.Equal(first, header) {
		return nil, fmt.Errorf("%s:1: the columns are %q, want %q", name, first, header)
	}
	var orders []Order
	at := map[string]int{} // order id -> index in orders
	for row := 1; ; row++ {
		record, err := rows.Read()
		if errors.Is(err, io.EOF) {
			return orders, nil
		}
		if err != nil {
			return nil, fmt.Errorf("%s: %w", name, err) // csv names the line
		}
		lineNumber, _ := rows.FieldPos(0)
		r := reader{record: record}
		if id := r.count("Row ID"); r.err == nil && id != row {
			r.fail("Row ID", fmt.Errorf("row %d stands where row %d belongs", id, row))
		}
		order, line := r.order(), r.line()
		if i, known := at[order.ID]; !known {
			at[order.ID] = len(orders)
			order.Lines = []Line{line}
			orders = append(orders, order)
		} else {
			r.agree(&orders[i], &order)
			orders[i].Lines = append(orders[i].Lines, line)
		}
		if r.err != nil {
			return nil, fmt.Errorf("%s:%d: %w", name, lineNumber, r.err)
		}
	}
}

// reader takes typed values out of one row and remembers the first fault.
type reader struct {
	record []string
	err    error
}

func (r *reader) fail(column string, err error) {
	if r.err == nil {
		r.err = fmt.Errorf("column %s: %w", column, err)
	}
}

func (r *reader) text(column string) string {
	text := r.record[slices.Index(header, column)]
	if text == "" {
		r.fail(column, errors.New("is empty"))
	}
	return text
}

func (r *reader) count(column string) int {
	n, err := strconv.Atoi(r.text(column))
	if err != nil || n < 1 {
		r.fail(column, fmt.Errorf("%q is not a positive whole number", r.text(column)))
	}
	return n
}

func (r *reader) money(column string) Money {
	m, err := ParseMoney(r.text(column))
	if err != nil {
		r.fail(column, err)
	}
	return m
}

func (r *reader) day(column string) int {
	t, err := time.Parse(time.DateOnly, r.text(column))
	if err != nil {
		r.fail(column, fmt.Errorf("%q is not a date such as 2017-12-30", r.text(column)))
	}
	return int(t.Unix() / secondsPerDay)
}

func (r *reader) word(column string, words map[string]string) string {
	symbol, ok := words[r.text(column)]
	if !ok {
		r.fail(column, fmt.Errorf("%q is none of the known values", r.text(column)))
	}
	return symbol
}

func (r *reader) order() Order {
	o := Order{
		ID:           r.text("Order ID"),
		Day:          r.day("Order Date"),
		ShipDay:      r.day("Ship Date"),
		ShipMode:     r.word("Ship Mode", shipModes),
		CustomerID:   r.text("Customer ID"),
		CustomerName: r.text("Customer Name"),
		Segment:      r.word("Segment", segments),
		ShipTo: ShipTo{
			Country:    r.text("Country"),
			Region:     r.word("Region", regions),
			State:      r.text("State"),
			City:       r.text("City"),
			PostalCode: r.text("Postal Code"),
		},
	}
	if o.ShipDay < o.Day {
		r.fail("Ship Date", errors.New("is before the order"))
	}
	return o
}

func (r *reader) line() Line {
	l := Line{
		ProductID:   r.text("Product ID"),
		ProductName: r.text("Product Name"),
		Category:    r.word("Category", categories),
		SubCategory: r.text("Sub-Category"),
		Quantity:    r.count("Quantity"),
		Sales:       r.money("Sales"),
		Discount:    r.money("Discount"),
		Profit:      r.money("Profit"),
	}
	if l.Sales <= 0 {
		r.fail("Sales", errors.New("is not above zero"))
	}
	if l.Discount < 0 || l.Discount >= moneyScale {
		r.fail("Discount", errors.New("is not from 0 to below 1"))
	}
	return l
}

// agree fails unless a later line says of its order what the first one said.
func (r *reader) agree(first, later *Order) {
	a, b := first, later
	same := a.ID == b.ID && a.Day == b.Day && a.ShipDay == b.ShipDay && a.ShipMode == b.ShipMode &&
		a.CustomerID == b.CustomerID && a.CustomerName == b.CustomerName && a.Segment == b.Segment && a.ShipTo == b.ShipTo
	if !same {
		r.fail("Order ID", fmt.Errorf("the line disagrees with an earlier line of order %s", a.ID))
	}
}
