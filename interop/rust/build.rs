//! Generates messages and services from the .proto files, without protoc.

use std::path::{Path, PathBuf};

use ttrpc_codegen::{Codegen, Customize};

fn main() -> std::io::Result<()> {
    // The messages are those of the Go programs
    let protos = [Path::new("../go/proto/interop.proto"), Path::new("proto/streams.proto")];
    for proto in protos {
        println!("cargo:rerun-if-changed={}", proto.display());
    }
    let generated = PathBuf::from(std::env::var("OUT_DIR").expect("cargo sets OUT_DIR"));
    Codegen::new()
        .out_dir(&generated)
        .inputs(protos)
        .includes(["../go/proto", "proto"])
        .rust_protobuf()
        .customize(Customize { async_all: true, ..Default::default() })
        .run()?;
    // The generator's own list of modules cannot be included: it begins with an inner attribute
    std::fs::write(generated.join("modules.rs"), "pub mod interop;\npub mod interop_ttrpc;\npub mod streams_ttrpc;\n")
}
