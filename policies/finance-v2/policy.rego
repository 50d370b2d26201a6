# Payments: known vendors, covered places, and a second pair of eyes above a threshold.
package hansa.policy

import rego.v1

# The strictest finding decides. Without any finding nothing says that the act is right.
default decision := {"verdict": "deny", "rules": set(), "obligations": {"notify_monitor"}}

decision := {"verdict": "deny", "rules": denied, "obligations": {"notify_monitor"}} if {
	count(denied) > 0
} else := {"verdict": "escalate", "rules": escalated, "obligations": {"notify_monitor"}} if {
	count(escalated) > 0
} else := {"verdict": "require_approval", "rules": held, "obligations": {"approver_compliance_monitor"}} if {
	count(held) > 0
} else := {"verdict": "allow", "rules": {"amount_within_threshold"}, "obligations": set()} if {
	amount <= threshold
}

denied contains "currency_unknown" if {
	currency
	not threshold
}

denied contains "vendor_unknown" if {
	vendor
	not vendor in data.finance.vendors
}

denied contains "payee_unknown" if {
	input.counterparty.id
	not input.counterparty.kind
}

escalated contains "jurisdiction_not_covered" if {
	some place in input.task.jurisdictions
	not covered(place)
}

escalated contains "context_tainted" if {
	count(input.task.taint) > 0
}

held contains "amount_above_threshold" if {
	amount > threshold
}

# A plan that names no amount is never small.
held contains "amount_not_stated" if {
	not amount
}

# Whole units, rounded up, so that comparing them with a threshold is exact.
amount := input.money.units

amount := ceil(input.parameters.amount_usd) if {
	not input.money
}

currency := input.money.currency

currency := "USD" if {
	not input.money
	input.parameters.amount_usd
}

threshold := data.finance.approve_above[currency]

vendor := lower(input.counterparty.name)

vendor := lower(input.parameters.vendor) if {
	not input.counterparty.name
}

covered(place) if {
	place in data.finance.jurisdictions
}

# US-NY is covered by US.
covered(place) if {
	split(place, "-")[0] in data.finance.jurisdictions
}
