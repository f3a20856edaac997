package io.github.udsboot.springsecurity;

import java.util.Collection;
import java.util.List;
import java.util.Map;

import org.jspecify.annotations.Nullable;

/**
 * Finds rules that apply to no handler, by mistake as it seems. Immutable.
 *
 * @param rules the rules in their order
 * @param handlers the routes of all handlers, by the name of the listener
 */
record RuleReachability(List<RequestRule> rules, Map<String, ? extends Collection<String>> handlers) {

	void check() {
		for (int i = 0; i < this.rules.size(); i++) {
			if (!this.rules.get(i).isForAnyRequest()) {
				check(i);
			}
		}
	}

	private void check(int index) {
		RequestRule rule = this.rules.get(index);
		RequestRule earlier = null;
		for (Map.Entry<String, ? extends Collection<String>> listener : this.handlers.entrySet()) {
			for (String template : listener.getValue()) {
				if (rule.matches(listener.getKey(), template)) {
					earlier = firstBefore(index, listener.getKey(), template);
					if (earlier == null) {
						return;
					}
				}
			}
		}
		String what = "Rule " + (index + 1) + " (" + rule + ") has no effect: ";
		throw new UnreachableRuleException((earlier != null)
				? what + "for all that it matches an earlier rule decides (" + earlier
						+ "). Move it before that one, or remove it"
				: what + "no handler has such a route on such a listener. Correct it, or remove it. Rules are matched "
						+ "with the routes of handlers, so where these have a variable a rule needs '*'; access(...) "
						+ "can look at the value. The handlers are " + this.handlers);
	}

	private @Nullable RequestRule firstBefore(int index, String listener, String template) {
		return this.rules.subList(0, index)
			.stream()
			.filter((rule) -> rule.matches(listener, template))
			.findFirst()
			.orElse(null);
	}

}
