package io.github.udsboot.readme;

record OrderId(long value) {
}
