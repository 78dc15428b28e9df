// Package flinksql writes a contract as a table of Flink SQL (1.18 and later) over its topic.
//
//	CREATE TABLE `orders.order-lines.lines.v1` (
//	  `orderId` STRING NOT NULL COMMENT '…',
//	  …,
//	  WATERMARK FOR `placedAt` AS `placedAt` - INTERVAL '7' DAY
//	) COMMENT '…' WITH ('connector' = 'kafka', …)
//
// Values are read by the format avro-confluent, with the contract's schema, so that enums and fixed can be read. A compacted topic is an
// upsert-kafka table, whose primary key is the record key. Flink allows no primary key on other topics. Only what is
// committed is read. The watermark is the event time minus the lateness.
//
// Flink reads timestamps with milliseconds only, and times of day without any fraction: finer timestamps and times of
// day are the numbers that Avro holds (BIGINT, INT), with a computed column beside the event time.
// A union of several types and a record that contains itself have no type in SQL: such fields are left out, with a
// finding. Identifiers and texts are quoted; nothing of a contract is read as SQL.
package flinksql
