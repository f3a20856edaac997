//! Calls a ttrpc server on a Unix domain socket with the crate `ttrpc` and
//! prints one JSON line per result.
//!
//! Exits with 0 when the call came to a status, whichever; with 1 when the
//! transport failed or a reply was not what was sent; with 2 when misused.

mod load;
mod outcome;
mod streams;
mod unary;

use std::process::ExitCode;
use std::time::Duration;

use ttrpc::context::{self, Context};
use ttrpc::r#async::Client;

use outcome::{Line, Outcome};

const USAGE: &str = "usage: ttrpc-client -socket PATH [-timeout DUR] [-threads N] COMMAND

  greet NAME
  echo HEX
  echo-bytes COUNT            so many bytes, which are not printed
  call ROUTE HEX              raw payload bytes to any route
  fail CODE MESSAGE
  fail-with-details CODE MESSAGE
  sleep MILLIS
  sleep-unminded MILLIS       only the server minds the deadline
  metadata KEY VALUE...
  unknown-method
  unknown-service
  load CALLERS CALLS          each caller makes CALLS calls, on one connection
  oversize                    payload of 4 MiB + 1
  stream-range COUNT          take a stream of numbers
  stream-fail COUNT           take a stream that fails after so many
  stream-take COUNT OF        take COUNT of a stream of OF numbers, and no more
  stream-sum COUNT            send a stream of numbers
  stream-first COUNT          the same, to a server that takes one
  stream-upper WORD...        send words and take each one's answer

  -timeout is each call's deadline, such as 100ms; 10s by default, 0s for none.
  -threads is how many threads run the client; as many as processors by default";

/// One connection and what holds for each call on it.
#[derive(Clone)]
struct Session {
    client: Client,
    timeout: Duration,
}

impl Session {
    fn context(&self) -> Context {
        context::with_duration(self.timeout)
    }
}

/// Why a command was not run.
struct Misuse(String);

type Run = Result<Line, Misuse>;

struct Options {
    socket: String,
    timeout: Duration,
    threads: usize,
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    match run(&arguments) {
        Ok(line) => {
            println!("{}", line.json);
            ExitCode::from(if line.fine { 0 } else { 1 })
        }
        Err(Misuse(what)) => {
            eprintln!("ttrpc-client: {what}\n{USAGE}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &[String]) -> Run {
    let mut options = Options { socket: String::new(), timeout: Duration::from_secs(10), threads: 0 };
    let mut rest = arguments;
    while let [flag, value, more @ ..] = rest {
        match flag.as_str() {
            "-socket" => options.socket = value.clone(),
            "-timeout" => options.timeout = duration(value)?,
            "-threads" => options.threads = number(value)?,
            _ => break,
        }
        rest = more;
    }
    let [command, arguments @ ..] = rest else {
        return Err(Misuse("a command is needed".to_string()));
    };
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let runtime = udsboot_interop::runtime(options.threads).expect("threads can be started");
    runtime.block_on(connect_and_execute(&options, command, &arguments))
}

async fn connect_and_execute(options: &Options, command: &str, arguments: &[&str]) -> Run {
    match Client::connect(&format!("unix://{}", options.socket)).await {
        Ok(client) => execute(&Session { client, timeout: options.timeout }, command, arguments).await,
        Err(error) => Ok(Outcome::of::<()>(&Err(error)).line(command)),
    }
}

async fn execute(session: &Session, command: &str, arguments: &[&str]) -> Run {
    match (command, arguments) {
        ("greet", [name]) => unary::greet(session, name).await,
        ("echo", [hex]) => unary::echo(session, hex).await,
        ("echo-bytes", [count]) => unary::echo_bytes(session, number(count)?).await,
        ("call", [route, hex]) => unary::call(session, route, hex).await,
        ("fail", [code, message]) => unary::fail(session, code, message).await,
        ("fail-with-details", [code, message]) => unary::fail_with_details(session, code, message).await,
        ("sleep", [millis]) => unary::sleep(session, millis).await,
        ("sleep-unminded", [millis]) => unary::sleep_unminded(session, millis).await,
        ("metadata", [key, values @ ..]) if !values.is_empty() => unary::metadata(session, key, values).await,
        ("unknown-method", []) => unary::unknown(session, command, udsboot_interop::SERVICE, "NoSuchMethod").await,
        ("unknown-service", []) => unary::unknown(session, command, "udsboot.interop.v1.NoSuchService", "Greet").await,
        ("load", [callers, calls]) => load::load(session, number(callers)?, number(calls)?).await,
        ("oversize", []) => unary::oversize(session).await,
        ("stream-range", [count]) => streams::range(session, number(count)?).await,
        ("stream-fail", [count]) => streams::fail_after(session, number(count)?).await,
        ("stream-take", [count, of]) => streams::take(session, number(count)?, number(of)?).await,
        ("stream-sum", [count]) => streams::sum(session, number(count)?).await,
        ("stream-first", [count]) => streams::first(session, number(count)?).await,
        ("stream-upper", words) if !words.is_empty() => streams::upper(session, words).await,
        _ => Err(Misuse(format!("no command {command} with {} arguments", arguments.len()))),
    }
}

fn number<T: std::str::FromStr>(text: &str) -> Result<T, Misuse> {
    text.parse().map_err(|_| Misuse(format!("{text} is no number")))
}

fn duration(text: &str) -> Result<Duration, Misuse> {
    let digits = text.trim_end_matches(char::is_alphabetic);
    let count = number(digits)?;
    match &text[digits.len()..] {
        "ns" => Ok(Duration::from_nanos(count)),
        "ms" => Ok(Duration::from_millis(count)),
        "s" => Ok(Duration::from_secs(count)),
        _ => Err(Misuse(format!("{text} is no duration such as 100ms"))),
    }
}
