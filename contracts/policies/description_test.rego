package mesh.description_test

import data.mesh.description

judged(c) := count(denied) if denied := description.deny with input as {"contract": c}

test_blanks_do_not_count if judged({"description": {"purpose": "123456789 123456789 123456789 "}}) == 1

test_longest_refused if judged({"description": {"purpose": "123456789 123456789 123456789"}}) == 1

test_shortest_allowed if judged({"description": {"purpose": "123456789 123456789 1234567890"}}) == 0

test_missing if judged({}) == 1

test_only_usage if judged({"description": {"usage": "Read it to count the orders of a day."}}) == 1
