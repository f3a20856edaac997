package io.github.udsboot.readme;

import java.util.List;
import java.util.stream.Stream;

import org.springframework.stereotype.Component;

import io.github.udsboot.annotation.UdsHandler;

/* Shown in docs/handlers.md. */
@Component
class BookHandlers {

	private final Books books;

	BookHandlers(Books books) {
		this.books = books;
	}

	@UdsHandler("books.all")
	Stream<String> all() {
		return Stream.iterate(this.books.after(""), (page) -> !page.isEmpty(), this::next).flatMap(List::stream);
	}

	private List<String> next(List<String> page) {
		return this.books.after(page.get(page.size() - 1));
	}

}
