//! The command that makes many calls at once.

use std::time::Instant;

use serde_json::json;
use udsboot_interop::proto::interop::EchoMessage;
use udsboot_interop::proto::interop_ttrpc::InteropClient;

use crate::outcome::Outcome;
use crate::{Run, Session};

/// What callers met. The first failure becomes the line's status.
#[derive(Default)]
struct Count {
    calls: u64,
    errors: u64,
    misrouted: u64,
    failure: Option<Outcome>,
}

impl Count {
    fn add(&mut self, other: Count) {
        self.calls += other.calls;
        self.errors += other.errors;
        self.misrouted += other.misrouted;
        self.failure = self.failure.take().or(other.failure);
    }
}

pub async fn load(session: &Session, callers: u32, calls: u32) -> Run {
    let start = Instant::now();
    let running: Vec<_> = (0..callers).map(|caller| tokio::spawn(call_many(session.clone(), caller, calls))).collect();
    let mut total = Count::default();
    for caller in running {
        total.add(caller.await.expect("callers do not panic"));
    }
    let fields = json!({
        "calls": total.calls,
        "errors": total.errors,
        "misrouted": total.misrouted,
        "elapsedMillis": start.elapsed().as_millis() as u64,
    });
    let fine = total.errors == 0 && total.misrouted == 0;
    let outcome = total.failure.unwrap_or_else(|| Outcome::of(&Ok(())));
    Ok(outcome.line_with("load", fields).only_if(fine))
}

/// Stops early when the connection is gone, for then nothing follows.
async fn call_many(session: Session, caller: u32, calls: u32) -> Count {
    let client = InteropClient::new(session.client.clone());
    let mut count = Count::default();
    for call in 0..calls {
        let sent = EchoMessage { data: identity(caller, call), ..Default::default() };
        let reply = client.identity(session.context(), &sent).await;
        count.calls += 1;
        let outcome = Outcome::of(&reply);
        if outcome.is_ok() {
            count.misrouted += u64::from(reply.unwrap_or_default() != sent);
            continue;
        }
        count.errors += 1;
        let lost = outcome.is_transport_failure();
        count.failure = count.failure.take().or(Some(outcome));
        if lost {
            break;
        }
    }
    count
}

/// 8 bytes that no other call of the run has, then 0 to 1023 bytes made from
/// them, so that neighbouring frames differ in length.
fn identity(caller: u32, call: u32) -> Vec<u8> {
    let mut data = [caller.to_be_bytes(), call.to_be_bytes()].concat();
    let mut mix = caller.wrapping_mul(2_654_435_761).wrapping_add(call).wrapping_mul(2_246_822_519);
    for _ in 0..mix >> 22 {
        data.push(mix as u8);
        mix = mix.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
    }
    data
}
