# Payments: known vendors, covered places, and a second pair of eyes above a threshold.
package hansa.policy

import rego.v1

# The strictest finding decides. Without any finding nothing says that the act is right.
decision := {"verdict": verdict, "rules": rules, "obligations": obligations}

strictness := {"allow": 0, "require_approval": 1, "escalate": 2, "deny": 3, "quarantine": 4}

findings contains "amount_within_threshold" if {
	amount <= threshold
}

findings contains "amount_above_threshold" if {
	amount > threshold
}

# A plan that names no amount is never small.
findings contains "amount_not_stated" if {
	not amount
}

findings contains "currency_unknown" if {
	currency
	not threshold
}

findings contains "vendor_unknown" if {
	vendor
	not vendor in data.finance.vendors
}

findings contains "payee_unknown" if {
	input.counterparty.id
	not input.counterparty.kind
}

findings contains "jurisdiction_not_covered" if {
	some place in input.task.jurisdictions
	not covered(place)
}

findings contains "context_tainted" if {
	count(input.task.taint) > 0
}

verdict_of := {
	"amount_within_threshold": "allow",
	"amount_above_threshold": "require_approval",
	"amount_not_stated": "require_approval",
	"currency_unknown": "deny",
	"vendor_unknown": "deny",
	"payee_unknown": "deny",
	"jurisdiction_not_covered": "escalate",
	"context_tainted": "escalate",
}

worst := max([strictness[verdict_of[finding]] | some finding in findings])

default verdict := "deny"

verdict := word if {
	some word, rank in strictness
	rank == worst
}

rules contains finding if {
	some finding in findings
	verdict_of[finding] == verdict
}

obligations contains "approver_compliance_monitor" if {
	verdict == "require_approval"
}

obligations contains "notify_monitor" if {
	verdict in {"escalate", "deny"}
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
