package io.github.udsboot.readme;

import java.util.List;

import org.springframework.stereotype.Component;

/* In an application a @Transactional bean with a repository. */
@Component
class Books {

	private static final List<String> TITLES = List.of("Emma", "Faust", "Hamlet", "Ulysses", "Walden");

	List<String> after(String title) {
		return TITLES.stream().filter((each) -> each.compareTo(title) > 0).limit(2).toList();
	}

}
