package io.github.udsboot.starter;

import java.time.LocalDate;
import java.util.List;

record Order(long id, LocalDate day, List<Item> items) {

	record Item(String name, int quantity) {

	}

}
