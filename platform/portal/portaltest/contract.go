package portaltest

import (
	"time"

	"github.com/tidemark-mesh/tidemark/platform/mesh"
)

func linesContract(port string) mesh.Contract {
	return mesh.Contract{
		ID: "urn:datamesh:orders:order-lines:lines:1", Version: "1.0.0", Versions: []string{"1.0.0"}, Name: "Order lines",
		Status: "active", Port: port, Topic: port, Owner: "orders-team", Description: "One record for each line of an order.",
		Tags: []string{}, Fields: []string{"orderId", "placedAt", "customer", "customer.email", "sales"},
		Promises: []mesh.Promise{
			{Kind: mesh.PromiseSLA, Property: "freshness", Text: "5 minutes"}, {Kind: mesh.PromiseSLA, Property: "completeness", Text: "99 percent"},
			{Kind: mesh.PromiseSLA, Property: "availability", Text: "99.9 percent", NotJudged: "its share of a month needs a record of a month"},
			{Kind: mesh.PromiseQuality, Property: "sales.nullValues", Text: "mustBeLessThan 5 percent", Severity: "warning"},
		},
		Digest: "sha256:5feceb66ffc86f38d952786c6d696c79c2dbc239dd4e91b46729d73a27fb57e9", PublishedBy: "orders", PublishedAt: ago(time.Hour),
		Document: linesODCS, Schema: linesAvro, Problems: []string{},
	}
}

const linesODCS = `apiVersion: v3.1.0
kind: DataContract
id: urn:datamesh:orders:order-lines:lines:1
name: Order lines
version: 1.0.0
status: active
domain: orders
dataProduct: order-lines
description:
  purpose: One record for each line of an order.
team:
  name: orders-team
customProperties:
  - property: tidemark.key
    value: orderId
  - property: tidemark.eventTime
    value: placedAt
slaProperties:
  - property: freshness
    value: 5
    unit: minutes
  - property: completeness
    value: 99
    unit: percent
schema:
  - name: OrderLine
    physicalName: orders.order-lines.lines.v1
    physicalType: topic
    logicalType: object
    properties:
      - name: orderId
        logicalType: string
        physicalType: string
        required: true
        description: The order that the line belongs to.
        logicalTypeOptions:
          pattern: ^[A-Z]{2}-\d{4}-\d+$
      - name: placedAt
        logicalType: timestamp
        physicalType: timestamp-millis
        required: true
        description: When the order was placed.
      - name: customer
        logicalType: object
        physicalType: record
        properties:
          - name: email
            logicalType: string
            physicalType: string
            classification: confidential
      - name: sales
        logicalType: number
        physicalType: decimal
        required: true
        description: What the line sold for.
        logicalTypeOptions:
          minimum: 0
`

const linesAvro = `{"type": "record", "name": "OrderLine", "namespace": "orders", "fields": [
  {"name": "orderId", "type": "string"},
  {"name": "placedAt", "type": {"type": "long", "logicalType": "timestamp-millis"}},
  {"name": "customer", "type": ["null", {"type": "record", "name": "Customer", "fields": [
    {"name": "email", "type": ["null", "string"], "default": null}]}], "default": null},
  {"name": "sales", "type": {"type": "bytes", "logicalType": "decimal", "precision": 18, "scale": 4}}
]}`
