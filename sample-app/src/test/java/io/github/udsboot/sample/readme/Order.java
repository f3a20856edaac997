package io.github.udsboot.sample.readme;

record Order(long id, String note) {
}
