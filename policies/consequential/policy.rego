# What changes the node itself, its money and who its agents are, with room for what is small. It stands
# in the place of what the node does without a policy set, where all of it waits for a second person.
package hansa.policy

import rego.v1

# Nobody does it alone, whoever they are.
default decision := {"verdict": "require_approval", "rules": {"consequential"}, "obligations": set()}

decision := {"verdict": "allow", "rules": {"within_bound"}, "obligations": set()} if {
	input.money.units <= data.consequential.allow_up_to[input.money.currency]
}
