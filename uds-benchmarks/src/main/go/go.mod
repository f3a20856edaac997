module github.com/udsboot/uds-benchmarks

go 1.21
