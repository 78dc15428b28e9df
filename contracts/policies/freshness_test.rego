package mesh.freshness_test

import data.mesh.freshness

judged(promises) := count(denied) if denied := freshness.deny with input as {"contract": {"slaProperties": promises}}

test_passes if judged([{"property": "freshness", "value": 15, "unit": "minutes"}]) == 0

test_as_a_duration if judged([{"property": "freshness", "value": "PT15M"}]) == 0

test_none if judged([]) == 1

test_no_promises_at_all if count(freshness.deny) == 1 with input as {"contract": {}}

test_another_promise if judged([{"property": "latency", "value": 15, "unit": "minutes"}, {"property": "retention", "value": "P1D"}]) == 1

test_nothing_promised if judged([{"property": "freshness", "value": 0}]) == 1

test_blank if judged([{"property": "freshness", "value": ""}]) == 1
