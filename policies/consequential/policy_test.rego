package hansa.policy_test

import rego.v1

import data.hansa.policy

waits := {"verdict": "require_approval", "rules": {"consequential"}, "obligations": set()}

test_money_above_the_bound_waits if {
	policy.decision == waits with input as {"action": "mint_create", "money": {"currency": "AVT", "units": 101}}
	policy.decision == waits with input as {"action": "burn_create", "money": {"currency": "USD", "units": 0}}
}

test_money_within_the_bound_passes if {
	policy.decision == {"verdict": "allow", "rules": {"within_bound"}, "obligations": set()} with input as {
		"action": "mint_create",
		"money": {"currency": "AVT", "units": 100},
	}
}

test_keys_wait if {
	policy.decision == waits with input as {"action": "agent_key_rotate"}
}
