//! Serves `udsboot.interop.v1` with the crate `ttrpc` on a Unix domain socket.
//! Prints "ready" when it listens.

use std::process::ExitCode;

use tokio::io::AsyncReadExt;
use tokio::signal::unix::{signal, SignalKind};
use ttrpc::r#async::Server;

const USAGE: &str = "usage: ttrpc-server -socket PATH [-threads N] [-stdin-eof]";

struct Options {
    socket: String,
    threads: usize,
    stdin_eof: bool,
}

fn main() -> ExitCode {
    let Some(options) = parse(std::env::args().skip(1)) else {
        eprintln!("{USAGE}");
        return ExitCode::from(2);
    };
    let served = udsboot_interop::runtime(options.threads).map_err(Into::into).and_then(|runtime| {
        let served = runtime.block_on(serve(&options));
        runtime.shutdown_background();
        served
    });
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("ttrpc-server: {error}");
            ExitCode::FAILURE
        }
    }
}

fn parse(mut arguments: impl Iterator<Item = String>) -> Option<Options> {
    let mut options = Options { socket: String::new(), threads: 0, stdin_eof: false };
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "-socket" => options.socket = arguments.next()?,
            "-threads" => options.threads = arguments.next()?.parse().ok()?,
            "-stdin-eof" => options.stdin_eof = true,
            _ => return None,
        }
    }
    (!options.socket.is_empty()).then_some(options)
}

async fn serve(options: &Options) -> Result<(), Box<dyn std::error::Error>> {
    let mut server =
        Server::new().bind(&format!("unix://{}", options.socket))?.register_service(udsboot_interop::services());
    // who is told that it is ready may end it at once
    let mut terminated = signal(SignalKind::terminate())?;
    server.start().await?;
    println!("ready");

    tokio::select! {
        _ = terminated.recv() => {}
        _ = end_of_input(), if options.stdin_eof => {}
    }
    std::fs::remove_file(&options.socket)?;
    server.shutdown().await?;
    Ok(())
}

async fn end_of_input() {
    let mut stdin = tokio::io::stdin();
    let mut buffer = [0; 64];
    while stdin.read(&mut buffer).await.is_ok_and(|count| count > 0) {}
}
