package hansa.policy_test

import rego.v1

import data.hansa.policy

payment(units, vendor) := {
	"action": "approve_payment",
	"actor": {"id": "agt_x", "kind": "agent", "roles": []},
	"money": {"currency": "USD", "amount": "0", "minor": 0, "units": units, "scale": 2},
	"counterparty": {"name": vendor},
}

test_a_small_payment_to_a_known_vendor_is_allowed if {
	policy.decision == {
		"verdict": "allow",
		"rules": {"amount_within_threshold"},
		"obligations": set(),
	} with input as payment(99999, "Acme Corp")
}

test_the_threshold_itself_is_allowed if {
	policy.decision.verdict == "allow" with input as payment(100000, "Acme Corp")
}

test_125000_needs_a_compliance_monitor if {
	policy.decision == {
		"verdict": "require_approval",
		"rules": {"amount_above_threshold"},
		"obligations": {"approver_compliance_monitor"},
	} with input as payment(125000, "Acme Corp")
}

test_an_unknown_vendor_is_denied_whatever_the_amount if {
	policy.decision.verdict == "deny" with input as payment(5, "Shell Ltd")
	policy.decision.rules == {"vendor_unknown"} with input as payment(125000, "Shell Ltd")
	policy.decision.obligations == {"notify_monitor"} with input as payment(5, "Shell Ltd")
}

test_an_unknown_payee_is_denied if {
	policy.decision.verdict == "deny" with input as {
		"action": "transfer_create",
		"money": {"currency": "AVT", "units": 1},
		"counterparty": {"id": "agt_x"},
	}
}

test_a_known_payee_needs_no_vendor if {
	policy.decision.verdict == "allow" with input as {
		"action": "transfer_create",
		"money": {"currency": "AVT", "units": 0},
		"counterparty": {"id": "agt_x", "kind": "agent"},
	}
}

test_another_currency_is_denied if {
	policy.decision.rules == {"currency_unknown"} with input as {
		"action": "approve_payment",
		"money": {"currency": "XXX", "units": 1},
		"counterparty": {"name": "acme corp"},
	}
}

test_a_place_that_is_not_covered_escalates if {
	policy.decision.verdict == "escalate" with input as object.union(
		payment(5, "Acme Corp"),
		{"task": {"jurisdictions": ["US-NY", "KP"], "taint": []}},
	)
}

test_a_part_of_a_covered_place_is_covered if {
	policy.decision.verdict == "allow" with input as object.union(
		payment(5, "Acme Corp"),
		{"task": {"jurisdictions": ["US-NY", "EU"], "taint": []}},
	)
}

test_tainted_context_escalates if {
	policy.decision.rules == {"context_tainted"} with input as object.union(
		payment(5, "Acme Corp"),
		{"task": {"jurisdictions": [], "taint": ["external"]}},
	)
}

test_a_plan_without_an_amount_needs_approval if {
	policy.decision.verdict == "require_approval" with input as {"action": "task"}
	policy.decision.rules == {"amount_not_stated"} with input as {"action": "task"}
}

test_parameters_say_what_nothing_else_does if {
	policy.decision.verdict == "require_approval" with input as {
		"action": "approve_payment",
		"parameters": {"vendor": "Acme Corp", "amount_usd": 125000},
	}
	policy.decision.verdict == "allow" with input as {
		"action": "approve_payment",
		"parameters": {"vendor": "Acme Corp", "amount_usd": 99999.5},
	}
	policy.decision.verdict == "deny" with input as {
		"action": "approve_payment",
		"parameters": {"vendor": "Nobody", "amount_usd": 1},
	}
}
