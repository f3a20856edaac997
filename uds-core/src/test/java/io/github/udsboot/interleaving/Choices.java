package io.github.udsboot.interleaving;

import java.util.ArrayList;
import java.util.List;

/**
 * The choices of one execution, and which one is to be tried next: depth first, until
 * there is none that was not tried.
 */
final class Choices {

	private final List<int[]> path = new ArrayList<>();

	private int position;

	/** Return one of so many options, the first one where nothing was decided before. */
	int next(int options) {
		if (options == 1) {
			return 0;
		}
		if (this.position == this.path.size()) {
			this.path.add(new int[] { 0, options });
		}
		int[] choice = this.path.get(this.position++);
		if (choice[1] != options) {
			throw new IllegalStateException("The same steps lead elsewhere: the actors depend on time or chance");
		}
		return choice[0];
	}

	/** Go on to what was not tried yet. */
	boolean advance() {
		this.position = 0;
		while (!this.path.isEmpty()) {
			int[] last = this.path.get(this.path.size() - 1);
			if (++last[0] < last[1]) {
				return true;
			}
			this.path.remove(this.path.size() - 1);
		}
		return false;
	}

	@Override
	public String toString() {
		StringBuilder text = new StringBuilder();
		for (int[] choice : this.path) {
			text.append(choice[0]);
		}
		return text.toString();
	}

}
