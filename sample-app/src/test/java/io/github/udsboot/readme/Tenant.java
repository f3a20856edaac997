package io.github.udsboot.readme;

record Tenant(String name) {
}
