-- C ; DROP TABLE x; --: contract urn:datamesh:a:b:c:1, version 1.0.0; data product a.b, version 1.0.0; owner t
CREATE TABLE `a.b.c.v1` (
  `order` STRING NOT NULL COMMENT 'It''s the `order` [pii]',
  `b` BOOLEAN NOT NULL,
  `i` INT NOT NULL,
  `l` BIGINT,
  `f` FLOAT NOT NULL,
  `d` DOUBLE NOT NULL,
  `raw` BYTES NOT NULL,
  `fx` VARBINARY(16) NOT NULL,
  `e` STRING NOT NULL,
  `m` DECIMAL(18, 4) NOT NULL,
  `huge` BYTES NOT NULL,
  `day` DATE NOT NULL,
  `tm` INT NOT NULL,
  `tu` BIGINT NOT NULL,
  `ts` TIMESTAMP(3) NOT NULL,
  `tsu` BIGINT NOT NULL,
  `tsn` BIGINT,
  `lt` BIGINT NOT NULL,
  `id` STRING NOT NULL,
  `wait` VARBINARY(12) NOT NULL,
  `home` ROW<`city` STRING, `at` TIMESTAMP(3) NOT NULL> NOT NULL,
  `second` ROW<`city` STRING, `at` TIMESTAMP(3)>,
  `list` ARRAY<ROW<`n` INT>> NOT NULL,
  `counts` MAP<STRING NOT NULL, ARRAY<BIGINT NOT NULL> NOT NULL> NOT NULL,
  `event_time` INT NOT NULL,
  -- More of each record, if you need it:
  -- `kafka_headers` MAP<STRING NOT NULL, BYTES> METADATA FROM 'headers',
  -- `kafka_timestamp` TIMESTAMP_LTZ(3) METADATA FROM 'timestamp',
  -- `kafka_partition` INT METADATA FROM 'partition' VIRTUAL,
  -- `kafka_offset` BIGINT METADATA FROM 'offset' VIRTUAL,
  `event_time_` AS CAST(`day` AS TIMESTAMP(3)),
  WATERMARK FOR `event_time_` AS `event_time_` - INTERVAL '1.500' SECOND(2, 3)
) COMMENT 'It''s a ''test'' \ -- of /* quoting */' WITH (
  'connector' = 'kafka',
  'topic' = 'a.b.c.v1',
  'properties.bootstrap.servers' = 'broker:9092',
  'properties.isolation.level' = 'read_committed',
  'scan.startup.mode' = 'earliest-offset',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = 'http://registry:8081',
  'value.avro-confluent.schema' = '{"type":"record","name":"a.b.T","fields":[{"name":"order","type":"string","default":"x"},{"name":"b","type":"boolean"},{"name":"i","type":"int"},{"name":"l","type":["null","long"],"default":null},{"name":"f","type":"float"},{"name":"d","type":"double"},{"name":"raw","type":"bytes"},{"name":"fx","type":{"type":"fixed","name":"a.b.Hash","size":16}},{"name":"e","type":{"type":"enum","name":"a.b.E","symbols":["A","B"],"default":"A"}},{"name":"m","type":{"type":"bytes","logicalType":"decimal","precision":18,"scale":4}},{"name":"huge","type":"bytes"},{"name":"day","type":{"type":"int","logicalType":"date"}},{"name":"tm","type":"int"},{"name":"tu","type":"long"},{"name":"ts","type":{"type":"long","logicalType":"timestamp-millis"}},{"name":"tsu","type":"long"},{"name":"tsn","type":["null","long"]},{"name":"lt","type":"long"},{"name":"id","type":"string"},{"name":"wait","type":{"type":"fixed","name":"a.b.W","size":12}},{"name":"home","type":{"type":"record","name":"a.b.Home","fields":[{"name":"city","type":["null","string"],"default":null},{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"}}]}},{"name":"second","type":["null",{"type":"record","name":"a.b.Home_","aliases":["a.b.Home"],"fields":[{"name":"city","type":["null","string"],"default":null},{"name":"at","type":["null",{"type":"long","logicalType":"timestamp-millis"}]}]}],"default":null},{"name":"list","type":{"type":"array","items":["null",{"type":"record","name":"a.b.Line","fields":[{"name":"n","type":["null","int"]}]}]}},{"name":"counts","type":{"type":"map","values":{"type":"array","items":"long"}}},{"name":"event_time","type":"int"}]}'
);
-- c.odcs.yaml:1:1: warning format.flinksql.column: the field list[].again is left out, since SQL has no type for it: the record a.b.Line contains itself
-- c.odcs.yaml:1:1: warning format.flinksql.column: the field odd is left out, since SQL has no type for it: it is a union of several types
-- c.odcs.yaml:1:1: warning format.flinksql.column: the field nothing is left out, since SQL has no type for it: it is always null
-- c.odcs.yaml:1:1: warning format.flinksql.column: the field self is left out, since SQL has no type for it: the record a.b.T contains itself
-- c.odcs.yaml:1:1: warning format.flinksql.column: the field empty is left out, since SQL has no type for it: the record a.b.None has no fields
-- c.odcs.yaml:1:1: warning format.flinksql.key: the topic is compacted and its key home.city is no column: the table is not an upsert table, and tombstones cannot be read
