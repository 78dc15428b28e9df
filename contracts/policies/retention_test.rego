package mesh.retention_test

import data.mesh.retention

compacted(value) := [{"property": "tidemark.compacted", "value": value}]

judged(c) := count(denied) if denied := retention.deny with input as {"contract": c}

test_passes if judged({"slaProperties": [{"property": "retention", "value": 90, "unit": "days"}]}) == 0

test_missing if judged({"slaProperties": [{"property": "freshness", "value": 90, "unit": "days"}]}) == 1

test_nothing if judged({}) == 1

test_compacted if judged({"customProperties": compacted(true)}) == 0

test_not_compacted if judged({"customProperties": compacted(false)}) == 1

test_compacted_with_personal_data if judged({"customProperties": compacted(true), "schema": [{"properties": [{"name": "a"}, {"name": "email", "classification": "PII"}]}]}) == 1

test_compacted_with_other_data if judged({"customProperties": compacted(true), "schema": [{"properties": [{"name": "a", "classification": "internal"}]}]}) == 0
