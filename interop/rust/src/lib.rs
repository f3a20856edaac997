//! The services of `interop.proto` and `streams.proto`, on the crate `ttrpc`.

mod service;

/// What build.rs generates.
pub mod proto {
    include!(concat!(env!("OUT_DIR"), "/modules.rs"));
}

pub use service::services;

/// The service part of the routes in `interop.proto`.
pub const SERVICE: &str = "udsboot.interop.v1.Interop";

/// A runtime like that of `#[tokio::main]`, with so many threads: 0 for as many
/// as there are processors, 1 for `flavor = "current_thread"`.
pub fn runtime(threads: usize) -> std::io::Result<tokio::runtime::Runtime> {
    let mut builder = match threads {
        1 => tokio::runtime::Builder::new_current_thread(),
        _ => tokio::runtime::Builder::new_multi_thread(),
    };
    if threads > 1 {
        builder.worker_threads(threads);
    }
    builder.enable_all().build()
}
