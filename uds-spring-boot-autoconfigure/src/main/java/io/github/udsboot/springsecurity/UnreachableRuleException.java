package io.github.udsboot.springsecurity;

/**
 * A rule for requests applies to none, so that what it was meant for is left to another
 * rule.
 */
public class UnreachableRuleException extends IllegalStateException {

	private static final long serialVersionUID = 1L;

	/**
	 * Create an exception.
	 * @param message names the rule, the reason and the remedy
	 */
	public UnreachableRuleException(String message) {
		super(message);
	}

}
