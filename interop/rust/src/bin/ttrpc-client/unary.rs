//! Commands that make one call.

use std::time::Instant;

use protobuf::Message;
use serde_json::json;
use ttrpc::proto::{Request, Response};
use udsboot_interop::proto::interop::{EchoMessage, FailRequest, GreetRequest, MetadataRequest, SleepRequest};
use udsboot_interop::proto::interop_ttrpc::InteropClient;
use udsboot_interop::proto::streams_ttrpc::DetailsClient;
use udsboot_interop::SERVICE;

use crate::outcome::{to_hex, Outcome};
use crate::{number, Misuse, Run, Session};

/// ttrpc's limit for the data of one frame.
const MAX_DATA: usize = 4 << 20;

fn interop(session: &Session) -> InteropClient {
    InteropClient::new(session.client.clone())
}

pub async fn greet(session: &Session, name: &str) -> Run {
    let request = GreetRequest { name: name.to_string(), ..Default::default() };
    let reply = interop(session).greet(session.context(), &request).await;
    let outcome = Outcome::of(&reply);
    Ok(outcome.line_with("greet", json!({ "reply": reply.unwrap_or_default().message })))
}

pub async fn echo(session: &Session, hex: &str) -> Run {
    let request = EchoMessage { data: from_hex(hex)?, ..Default::default() };
    let reply = interop(session).echo(session.context(), &request).await;
    let outcome = Outcome::of(&reply);
    let failed = !outcome.is_ok();
    let data = reply.unwrap_or_default().data;
    let same = !failed && data == request.data;
    Ok(outcome.line_with("echo", json!({ "data": to_hex(&data), "same": same })).only_if(failed || same))
}

/// Echoes more than fits in an argument, and prints none of it.
pub async fn echo_bytes(session: &Session, count: usize) -> Run {
    let request = EchoMessage { data: (0..count).map(|at| at as u8).collect(), ..Default::default() };
    let reply = interop(session).echo(session.context(), &request).await;
    let outcome = Outcome::of(&reply);
    let failed = !outcome.is_ok();
    let same = reply.is_ok_and(|reply| reply == request);
    Ok(outcome.line_with("echo-bytes", json!({ "same": same })).only_if(failed || same))
}

pub async fn call(session: &Session, route: &str, hex: &str) -> Run {
    let (service, method) = route.rsplit_once('.').unwrap_or(("", route));
    let response = raw(session, service, method, from_hex(hex)?).await;
    let outcome = Outcome::of(&response);
    Ok(outcome.line_with("call", json!({ "payload": to_hex(&response.unwrap_or_default().payload) })))
}

pub async fn unknown(session: &Session, op: &str, service: &str, method: &str) -> Run {
    Ok(Outcome::of(&raw(session, service, method, Vec::new()).await).line(op))
}

/// Makes a call with payload bytes of any kind.
async fn raw(session: &Session, service: &str, method: &str, payload: Vec<u8>) -> ttrpc::Result<Response> {
    session.client.request(request(session, service, method, payload)).await
}

fn request(session: &Session, service: &str, method: &str, payload: Vec<u8>) -> Request {
    Request {
        service: service.to_string(),
        method: method.to_string(),
        payload,
        timeout_nano: session.context().timeout_nano,
        ..Default::default()
    }
}

pub async fn fail(session: &Session, code: &str, message: &str) -> Run {
    let reply = interop(session).fail(session.context(), &fail_request(code, message)?).await;
    Ok(Outcome::of(&reply).line("fail"))
}

pub async fn fail_with_details(session: &Session, code: &str, message: &str) -> Run {
    let details = DetailsClient::new(session.client.clone());
    let reply = details.fail(session.context(), &fail_request(code, message)?).await;
    Ok(Outcome::of(&reply).line("fail-with-details"))
}

fn fail_request(code: &str, message: &str) -> Result<FailRequest, Misuse> {
    Ok(FailRequest { code: number(code)?, message: message.to_string(), ..Default::default() })
}

pub async fn sleep(session: &Session, millis: &str) -> Run {
    let request = SleepRequest { millis: number(millis)?, ..Default::default() };
    let start = Instant::now();
    let reply = interop(session).sleep(session.context(), &request).await;
    let elapsed = start.elapsed().as_millis() as u64;
    Ok(Outcome::of(&reply).line_with("sleep", json!({ "elapsedMillis": elapsed })))
}

/// A unary call of the crate ends when its time is up, whatever the server says.
/// For a stream the crate sends the time along and does not mind it itself.
pub async fn sleep_unminded(session: &Session, millis: &str) -> Run {
    let message = SleepRequest { millis: number(millis)?, ..Default::default() };
    let payload = message.write_to_bytes().expect("a message of one number");
    let start = Instant::now();
    let reply = match session.client.new_stream(request(session, SERVICE, "Sleep", payload), false, false).await {
        Ok(mut stream) => stream.recv().await,
        Err(error) => Err(error),
    };
    let elapsed = start.elapsed().as_millis() as u64;
    Ok(Outcome::of(&reply).line_with("sleep-unminded", json!({ "elapsedMillis": elapsed })))
}

pub async fn metadata(session: &Session, key: &str, values: &[&str]) -> Run {
    let mut context = session.context();
    for value in values {
        context.add(key.to_string(), value.to_string());
    }
    let request = MetadataRequest { key: key.to_string(), ..Default::default() };
    let reply = interop(session).metadata(context, &request).await;
    let outcome = Outcome::of(&reply);
    Ok(outcome.line_with("metadata", json!({ "values": reply.unwrap_or_default().values })))
}

pub async fn oversize(session: &Session) -> Run {
    let response = raw(session, SERVICE, "Echo", vec![0; MAX_DATA + 1]).await;
    let after = interop(session).greet(session.context(), &GreetRequest::new()).await;
    Ok(Outcome::of(&response).line_with("oversize", json!({ "after": Outcome::of(&after).code() })))
}

fn from_hex(text: &str) -> Result<Vec<u8>, Misuse> {
    if text.len() % 2 != 0 || !text.is_ascii() {
        return Err(Misuse(format!("{text} is not hex")));
    }
    (0..text.len())
        .step_by(2)
        .map(|at| u8::from_str_radix(&text[at..at + 2], 16).map_err(|_| Misuse(format!("{text} is not hex"))))
        .collect()
}
