package io.github.udsboot.readme;

record Order(long id, String note) {
}
