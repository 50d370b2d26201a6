# What changes the node itself: its money, who its agents are, how much its policy counts.
package hansa.policy

import rego.v1

# Nobody does it alone, whoever they are.
default decision := {"verdict": "require_approval", "rules": {"consequential"}, "obligations": set()}

decision := {"verdict": "allow", "rules": {"within_bound"}, "obligations": set()} if {
	input.money.units <= data.consequential.allow_up_to[input.money.currency]
}
