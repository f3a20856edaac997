//! What is printed of a call.

use serde_json::{json, Value};
use ttrpc::proto::{Any, Status};
use ttrpc::{Code, Error, Result};

/// What the crate gives instead of a status when a call's time is up.
const TIME_IS_UP: &str = "Request deadline elapsed";

/// What a call came to.
pub struct Outcome {
    number: i32,
    message: String,
    remote: bool,
    /// No status ended the call, but the connection, the protocol or the crate.
    transport: bool,
    details: Vec<Value>,
}

/// A result line, and whether all was as it should be.
pub struct Line {
    pub json: Value,
    pub fine: bool,
}

impl Outcome {
    pub fn of<T>(result: &Result<T>) -> Outcome {
        match result {
            Ok(_) => Outcome::remote(&Status::new()),
            Err(Error::RpcStatus(status)) => Outcome::remote(status),
            Err(Error::Others(message)) if message == TIME_IS_UP => {
                Outcome::local(Code::DEADLINE_EXCEEDED, message.clone(), false)
            }
            Err(error) => Outcome::local(Code::UNAVAILABLE, error.to_string(), true),
        }
    }

    fn remote(status: &Status) -> Outcome {
        Outcome {
            number: status.code.value(),
            message: status.message.clone(),
            remote: true,
            transport: false,
            details: status.details.iter().map(detail).collect(),
        }
    }

    fn local(code: Code, message: String, transport: bool) -> Outcome {
        Outcome { number: code as i32, message, remote: false, transport, details: Vec::new() }
    }

    pub fn is_ok(&self) -> bool {
        self.number == Code::OK as i32
    }

    pub fn is_transport_failure(&self) -> bool {
        self.transport
    }

    pub fn code(&self) -> String {
        let code = <Code as protobuf::Enum>::from_i32(self.number);
        code.map_or_else(|| self.number.to_string(), |code| format!("{code:?}"))
    }

    /// The line with nothing else.
    pub fn line(self, op: &str) -> Line {
        self.line_with(op, json!({}))
    }

    /// The line with further fields.
    pub fn line_with(self, op: &str, fields: Value) -> Line {
        let mut json = json!({
            "op": op,
            "code": self.code(),
            "number": self.number,
            "message": self.message,
            "where": if self.remote { "remote" } else { "local" },
        });
        if self.transport {
            json["transport"] = json!(true);
        }
        if !self.details.is_empty() {
            json["details"] = json!(self.details);
        }
        if let (Value::Object(line), Value::Object(fields)) = (&mut json, fields) {
            line.extend(fields);
        }
        Line { json, fine: !self.transport }
    }
}

impl Line {
    /// The same line, fine only if this holds as well.
    pub fn only_if(self, fine: bool) -> Line {
        Line { fine: self.fine && fine, ..self }
    }
}

fn detail(any: &Any) -> Value {
    let name = any.type_url.rsplit('/').next();
    json!({ "type": name, "value": to_hex(&any.value) })
}

pub fn to_hex(data: &[u8]) -> String {
    data.iter().map(|byte| format!("{byte:02x}")).collect()
}
