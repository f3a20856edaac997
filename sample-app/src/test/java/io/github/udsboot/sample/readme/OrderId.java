package io.github.udsboot.sample.readme;

record OrderId(long value) {
}
