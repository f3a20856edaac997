//! What the server does.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use protobuf::well_known_types::wrappers::{Int64Value, StringValue};
use protobuf::{Enum, MessageDyn, MessageFull};
use ttrpc::error::get_rpc_status;
use ttrpc::proto::Any;
use ttrpc::r#async::{ServerStream, ServerStreamReceiver, ServerStreamSender, Service, TtrpcContext};
use ttrpc::{get_status, Code, Error, Result};

use crate::proto::interop::{
    EchoMessage, Empty, FailRequest, GreetReply, GreetRequest, MetadataReply, MetadataRequest, SleepRequest,
};
use crate::proto::interop_ttrpc::{create_interop, Interop};
use crate::proto::streams_ttrpc::{create_details, create_streams, Details, Streams};

/// All services, for `Server::register_service`.
pub fn services() -> HashMap<String, Service> {
    let mut all = create_interop(Arc::new(Unary));
    all.extend(create_streams(Arc::new(Items)));
    all.extend(create_details(Arc::new(Detailed)));
    all
}

struct Unary;

#[async_trait]
impl Interop for Unary {
    async fn greet(&self, _: &TtrpcContext, request: GreetRequest) -> Result<GreetReply> {
        Ok(GreetReply { message: format!("Hello, {}!", request.name), ..Default::default() })
    }

    async fn echo(&self, _: &TtrpcContext, message: EchoMessage) -> Result<EchoMessage> {
        Ok(message)
    }

    async fn identity(&self, _: &TtrpcContext, message: EchoMessage) -> Result<EchoMessage> {
        Ok(message)
    }

    async fn fail(&self, _: &TtrpcContext, request: FailRequest) -> Result<Empty> {
        match code(&request)? {
            Code::OK => Ok(Empty::new()),
            code => Err(get_rpc_status(code, request.message)),
        }
    }

    async fn sleep(&self, _: &TtrpcContext, request: SleepRequest) -> Result<Empty> {
        tokio::time::sleep(Duration::from_millis(request.millis as u64)).await;
        Ok(Empty::new())
    }

    async fn metadata(&self, ctx: &TtrpcContext, request: MetadataRequest) -> Result<MetadataReply> {
        let values = ctx.metadata.get(&request.key).cloned().unwrap_or_default();
        Ok(MetadataReply { values, ..Default::default() })
    }
}

fn code(request: &FailRequest) -> Result<Code> {
    Code::from_i32(request.code)
        .ok_or_else(|| get_rpc_status(Code::INVALID_ARGUMENT, format!("{} is no gRPC code", request.code)))
}

struct Detailed;

#[async_trait]
impl Details for Detailed {
    async fn fail(&self, _: &TtrpcContext, request: FailRequest) -> Result<Empty> {
        let greeting = GreetReply { message: "details".to_string(), ..Default::default() };
        let mut status = get_status(code(&request)?, &request.message);
        status.details = vec![any(&request)?, any(&greeting)?];
        Err(Error::RpcStatus(status))
    }
}

fn any<M: MessageFull>(message: &M) -> Result<Any> {
    Ok(Any {
        type_url: format!("type.googleapis.com/{}", message.descriptor_dyn().full_name()),
        value: message.write_to_bytes().map_err(|error| Error::Others(error.to_string()))?,
        ..Default::default()
    })
}

struct Items;

#[async_trait]
impl Streams for Items {
    async fn range(&self, _: &TtrpcContext, count: Int64Value, numbers: ServerStreamSender<Int64Value>) -> Result<()> {
        send(count.value, &numbers).await
    }

    async fn fail_after(
        &self,
        _: &TtrpcContext,
        count: Int64Value,
        numbers: ServerStreamSender<Int64Value>,
    ) -> Result<()> {
        send(count.value, &numbers).await?;
        Err(get_rpc_status(Code::OUT_OF_RANGE, format!("only {}", count.value)))
    }

    async fn sum(&self, _: &TtrpcContext, mut numbers: ServerStreamReceiver<Int64Value>) -> Result<Int64Value> {
        let mut sum = 0;
        while let Some(number) = numbers.recv().await? {
            sum += number.value;
        }
        Ok(Int64Value { value: sum, ..Default::default() })
    }

    async fn upper(&self, _: &TtrpcContext, mut words: ServerStream<StringValue, StringValue>) -> Result<()> {
        while let Some(word) = words.recv().await? {
            words.send(&StringValue { value: word.value.to_uppercase(), ..Default::default() }).await?;
        }
        Ok(())
    }

    async fn first(&self, _: &TtrpcContext, mut numbers: ServerStreamReceiver<Int64Value>) -> Result<Int64Value> {
        numbers.recv().await?.ok_or_else(|| get_rpc_status(Code::OUT_OF_RANGE, "no items"))
    }
}

/// Sends the numbers below `count`, and tells the test if nobody takes them.
async fn send(count: i64, numbers: &ServerStreamSender<Int64Value>) -> Result<()> {
    for value in 0..count {
        if let Err(error) = numbers.send(&Int64Value { value, ..Default::default() }).await {
            println!("stopped");
            return Err(error);
        }
    }
    Ok(())
}
