//! Commands that take or send a stream.

use protobuf::well_known_types::wrappers::{Int64Value, StringValue};
use serde_json::json;
use ttrpc::r#async::ClientStreamReceiver;
use ttrpc::{Error, Result};
use udsboot_interop::proto::streams_ttrpc::StreamsClient;

use crate::outcome::{Line, Outcome};
use crate::{Run, Session};

fn streams(session: &Session) -> StreamsClient {
    StreamsClient::new(session.client.clone())
}

fn item(value: i64) -> Int64Value {
    Int64Value { value, ..Default::default() }
}

pub async fn range(session: &Session, count: i64) -> Run {
    let numbers = streams(session).range(session.context(), &item(count)).await;
    Ok(receive("stream-range", numbers, i64::MAX).await)
}

pub async fn fail_after(session: &Session, count: i64) -> Run {
    let numbers = streams(session).fail_after(session.context(), &item(count)).await;
    Ok(receive("stream-fail", numbers, i64::MAX).await)
}

pub async fn take(session: &Session, count: i64, of: i64) -> Run {
    let numbers = streams(session).range(session.context(), &item(of)).await;
    Ok(receive("stream-take", numbers, count).await)
}

async fn receive(op: &str, numbers: Result<ClientStreamReceiver<Int64Value>>, limit: i64) -> Line {
    let mut items = 0;
    let mut ordered = true;
    let end = match numbers {
        Err(error) => Err(error),
        Ok(mut numbers) => loop {
            if items == limit {
                break Ok(());
            }
            match numbers.recv().await {
                Ok(Some(number)) => {
                    ordered &= number.value == items;
                    items += 1;
                }
                Ok(None) => break Ok(()),
                Err(error) => break Err(error),
            }
        },
    };
    Outcome::of(&end).line_with(op, json!({ "items": items, "ordered": ordered, "words": [] })).only_if(ordered)
}

pub async fn sum(session: &Session, count: i64) -> Run {
    let sum = send_and_sum(session, count).await;
    let outcome = Outcome::of(&sum);
    Ok(outcome.line_with("stream-sum", json!({ "sum": sum.unwrap_or_default().value })))
}

async fn send_and_sum(session: &Session, count: i64) -> Result<Int64Value> {
    let mut stream = streams(session).sum(session.context()).await?;
    for value in 0..count {
        stream.send(&item(value)).await?;
    }
    stream.close_and_recv().await
}

pub async fn first(session: &Session, count: i64) -> Run {
    let first = send_and_take_first(session, count).await;
    let outcome = Outcome::of(&first);
    Ok(outcome.line_with("stream-first", json!({ "first": first.unwrap_or_default().value })))
}

async fn send_and_take_first(session: &Session, count: i64) -> Result<Int64Value> {
    let mut stream = streams(session).first(session.context()).await?;
    for value in 0..count {
        stream.send(&item(value + 7)).await?;
    }
    stream.close_and_recv().await
}

/// Sends a word, waits for its answer, and goes on.
pub async fn upper(session: &Session, words: &[&str]) -> Run {
    let mut answers = Vec::new();
    let end = send_and_take(session, words, &mut answers).await;
    let fields = json!({ "items": answers.len(), "ordered": true, "words": answers });
    Ok(Outcome::of(&end).line_with("stream-upper", fields))
}

async fn send_and_take(session: &Session, words: &[&str], answers: &mut Vec<String>) -> Result<()> {
    let mut stream = streams(session).upper(session.context()).await?;
    for word in words {
        stream.send(&StringValue { value: word.to_string(), ..Default::default() }).await?;
        answers.push(stream.recv().await?.value);
    }
    stream.close_send().await?;
    match stream.recv().await {
        Err(Error::Eof) => Ok(()),
        Err(error) => Err(error),
        Ok(more) => Err(Error::Others(format!("{} comes unasked", more.value))),
    }
}
