package mesh.quality_test

import data.mesh.quality

judged(schema) := count(denied) if denied := quality.deny with input as {"contract": {"schema": schema}}

rule := {"metric": "rowCount", "mustBeGreaterThan": 0}

test_of_the_topic if judged([{"quality": [rule]}]) == 0

test_of_a_field if judged([{"properties": [{"name": "a"}, {"name": "b", "quality": [rule]}]}]) == 0

test_of_a_field_within if judged([{"properties": [{"name": "a", "properties": [{"name": "b", "quality": [rule]}]}]}]) == 0

test_of_an_item if judged([{"properties": [{"name": "a", "items": {"logicalType": "string", "quality": [rule]}}]}]) == 0

test_of_a_map if judged([{"properties": [{"name": "a", "map": {"key": {"logicalType": "string"}, "value": {"quality": [rule]}}}]}]) == 0

test_none if judged([{"properties": [{"name": "a"}]}]) == 1

test_empty if judged([{"quality": [], "properties": [{"name": "a", "quality": []}]}]) == 1

test_no_schema if count(quality.deny) == 1 with input as {"contract": {}}

test_what_custom_properties_hold_is_no_rule if judged([{"customProperties": [{"property": "x", "value": {"properties": [{"quality": [rule]}]}}]}]) == 1

test_a_name_in_custom_properties_is_no_field if judged([{"customProperties": [{"property": "x", "value": {"items": {"quality": [rule]}}}]}]) == 1
