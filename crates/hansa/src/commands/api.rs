//! `hansa api`: any operation of the table by its id.

use std::path::PathBuf;

use hansa_wire::operation::Operation;
use hansa_wire::{OPERATIONS, find};
use serde_json::{Map, Value, json};

use super::{App, DONE, Outcome};
use crate::failure::Failure;
use crate::remote::{Idempotency, RawAnswer};
use crate::{files, suggest};

/// Which operation, with what.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The operation's id, e.g. transfer_create; without one all are listed
    operation: Option<String>,

    /// Members of the request: name=value for a text, a list, an object, true or false;
    /// name:=value for any JSON, e.g. scale:=6
    #[arg(value_name = "NAME=VALUE")]
    members: Vec<String>,

    /// The request as JSON in this file, or - for standard input; members are added to it
    #[arg(long, value_name = "FILE|JSON")]
    data: Option<String>,

    #[command(flatten)]
    idempotency: Idempotency,
}

impl Args {
    /// Carries it out.
    pub(crate) async fn run(self, app: &App<'_>) -> Outcome {
        let Some(id) = &self.operation else {
            app.ui.answer(&listed(), &["operation", "method", "path", "summary"])?;
            return DONE;
        };
        let operation = find(id).ok_or_else(|| unknown(id))?;
        let mut request = self.data.as_deref().map(document).transpose()?.unwrap_or_default();
        for member in &self.members {
            let (name, value) = member_of(operation, member)?;
            request.insert(name, value);
        }
        let remote = app.remote()?;
        let answer = remote.raw(operation, Value::Object(request), &self.idempotency).await?;
        match answer {
            RawAnswer::Json(value) => app.ui.answer(&value, &[])?,
            RawAnswer::Text(text) => app.ui.raw(text.as_bytes())?,
            RawAnswer::Stream(mut stream) => {
                while let Some(bytes) = stream.next().await.map_err(|e| remote.failure(e))? {
                    app.ui.raw(&bytes)?;
                }
            }
        }
        DONE
    }
}

fn unknown(id: &str) -> Failure {
    let ids = OPERATIONS.iter().map(|operation| operation.id);
    Failure::usage(format!("there is no operation {id}")).next_step(
        suggest::hint(id, ids).unwrap_or_else(|| "hansa api lists all operations".to_owned()),
    )
}

fn listed() -> Value {
    let row = |operation: &Operation| {
        json!({
            "operation": operation.id,
            "method": operation.method.as_str(),
            "path": operation.path,
            "summary": operation.summary,
        })
    };
    Value::Array(OPERATIONS.iter().map(row).collect())
}

fn document(data: &str) -> Result<Map<String, Value>, Failure> {
    if !data.trim_start().starts_with('{') {
        return files::read_object(&PathBuf::from(data));
    }
    match hansa_crypto::json::parse_strict(data.as_bytes()) {
        Ok(Value::Object(members)) => Ok(members),
        Ok(_) => Err(Failure::usage("--data holds no JSON object")),
        Err(rejection) => Err(Failure::usage(format!("--data: {}", rejection.detail))),
    }
}

/// A member. Members that travel in a path or query are texts anyway, and so are those whose text
/// only looks like a number: an amount is a text on the wire.
fn member_of(operation: &Operation, text: &str) -> Result<(String, Value), Failure> {
    let (name, value) = text.split_once('=').ok_or_else(|| {
        Failure::usage(format!("{text}: there is no = in it")).next_step("write name=value")
    })?;
    let (name, forced) = match name.strip_suffix(':') {
        Some(name) => (name, true),
        None => (name, false),
    };
    let in_body = operation.takes_body() && !operation.path_params().any(|param| param == name);
    let read = hansa_crypto::json::parse_strict(value.as_bytes()).ok();
    let value = match read {
        Some(read) if forced => read,
        Some(read @ (Value::Array(_) | Value::Object(_) | Value::Bool(_) | Value::Null))
            if in_body =>
        {
            read
        }
        None if forced => {
            return Err(Failure::usage(format!("{text}: what follows := is no JSON")));
        }
        _ => Value::String(value.to_owned()),
    };
    Ok((name.to_owned(), value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn member(id: &str, text: &str) -> Value {
        member_of(find(id).unwrap(), text).unwrap().1
    }

    #[test]
    fn texts_stay_texts_unless_they_are_json_for_sure() {
        assert_eq!(member("transfer_create", "amount=12"), json!("12"));
        assert_eq!(member("transfer_create", "dry_run=true"), json!(true));
        assert_eq!(member("currency_create", "scale:=6"), json!(6));
        assert_eq!(member("api_key_create", "actions=[\"*\"]"), json!(["*"]));
        assert_eq!(member("journal_export", "texts=true"), json!("true"));
        assert_eq!(member("transfer_create", "to=did:key:z=x"), json!("did:key:z=x"));
    }

    #[test]
    fn what_does_not_read_is_refused() {
        let operation = find("transfer_create").unwrap();
        assert!(member_of(operation, "amount").is_err());
        assert!(member_of(operation, "amount:=x").is_err());
        assert!(document("{\"a\":1,\"a\":2}").is_err());
    }
}
