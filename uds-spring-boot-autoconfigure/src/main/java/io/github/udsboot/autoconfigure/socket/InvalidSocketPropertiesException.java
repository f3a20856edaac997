package io.github.udsboot.autoconfigure.socket;

/**
 * The properties of a listener or of a client contradict each other.
 */
public class InvalidSocketPropertiesException extends RuntimeException {

	private static final long serialVersionUID = 1L;

	private final String property;

	private final String problem;

	private final String remedy;

	/**
	 * Create an exception.
	 * @param property the full name of the property
	 * @param problem what is wrong with it
	 * @param remedy what the user can do about it, a sentence
	 */
	public InvalidSocketPropertiesException(String property, String problem, String remedy) {
		super("The property '" + property + "' is invalid: " + problem);
		this.property = property;
		this.problem = problem;
		this.remedy = remedy;
	}

	public static InvalidSocketPropertiesException missingPath(String property) {
		return new InvalidSocketPropertiesException(property,
				"it is not set, and nothing else says where the socket is",
				"Set '" + property + "' to the path of the socket, or to '@' and an abstract name.");
	}

	/**
	 * Return the property.
	 * @return its full name
	 */
	public String getProperty() {
		return this.property;
	}

	/**
	 * Return what is wrong with the property.
	 * @return the problem
	 */
	public String getProblem() {
		return this.problem;
	}

	/**
	 * Return what the user can do about it.
	 * @return the remedy, a sentence
	 */
	public String getRemedy() {
		return this.remedy;
	}

}
