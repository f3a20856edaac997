package io.github.udsboot.readme;

record Reservation(String item, int quantity) {
}
