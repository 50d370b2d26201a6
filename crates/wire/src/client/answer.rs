//! What an HTTP answer means: a value, a problem, or nothing a node says.

use std::time::Duration;

use hansa_types::Code;
use serde_json::Value;

use super::ClientError;
use crate::operation::{Media, Operation};
use crate::problem::Problem;

/// Longest part of a foreign answer that is repeated in an error, in characters.
const EXCERPT_CHARS_MAX: usize = 200;

/// The status of an answer that tells of waiting (RFC 9110 section 15.3.3).
const WAITING: u16 = 202;

/// Reads a whole answer.
pub(super) fn read(operation: &Operation, status: u16, body: &[u8]) -> Result<Value, ClientError> {
    // Readiness says no in its own shape.
    let expected = (200..300).contains(&status) || (operation.id == "ready" && status == 503);
    match (expected, operation.media) {
        (false, _) => Err(refusal(status, body)),
        (true, Media::Json) => {
            serde_json::from_slice(body).map_err(|error| unexpected(status, error.to_string()))
        }
        (true, Media::Text | Media::Html | Media::DidLog) => match std::str::from_utf8(body) {
            Ok(text) => Ok(Value::String(text.to_owned())),
            Err(error) => Err(unexpected(status, error.to_string())),
        },
        (true, Media::NdJson) => Err(ClientError::Streams(operation.id)),
    }
}

/// The problem that a failed answer holds, or what else it is.
pub(super) fn refusal(status: u16, body: &[u8]) -> ClientError {
    match serde_json::from_slice::<Problem>(body) {
        Ok(problem) => ClientError::Problem(problem),
        Err(_) => {
            let text = String::from_utf8_lossy(body);
            let clean = |c: char| if c.is_control() { ' ' } else { c };
            unexpected(status, text.chars().take(EXCERPT_CHARS_MAX).map(clean).collect())
        }
    }
}

fn unexpected(status: u16, detail: String) -> ClientError {
    ClientError::Unexpected { status, detail }
}

/// What an operation that waits for an approval has answered, where its own answer was expected.
pub(super) fn waiting(answer: &Value) -> Option<Problem> {
    let text = |member: &Value| member.as_str().map(str::to_owned);
    let (operation, task) = (text(answer.get("parked")?)?, text(answer.get("id")?)?);
    let request = text(answer.get("approval_requests")?.get(0)?)?;
    let detail = format!("{operation} waits as {task} for the approval {request}");
    let mut problem = Problem::new(Code::ApprovalPending, detail);
    problem.status = WAITING;
    problem.next_step =
        format!("Somebody else in an office approves {request}; {task} shows what comes of it.");
    Some(problem)
}

/// When a busy node says to come back: whole seconds (RFC 9110 section 10.2.3; dates are not read).
pub(super) fn retry_after(status: u16, header: Option<&str>) -> Option<Duration> {
    let seconds = header.filter(|_| status == 503)?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::operations::find;
    use serde_json::json;

    #[test]
    fn answers_read_by_the_operations_media() {
        let json = read(find("health").unwrap(), 200, br#"{"status":"ok"}"#).unwrap();
        assert_eq!(json["status"], "ok");
        let note = read(find("journal_checkpoint").unwrap(), 200, b"origin\n1\n").unwrap();
        assert_eq!(note, "origin\n1\n");
        let stream = read(find("journal_export").unwrap(), 200, b"{}").unwrap_err();
        assert!(matches!(stream, ClientError::Streams("journal_export")));
    }

    #[test]
    fn what_waits_for_an_approval_says_for_which() {
        let mut task = json!({ "id": "tsk_1", "parked": "mint_create", "approval_requests": [] });
        assert_eq!(waiting(&task), None);
        task["approval_requests"] = json!(["arq_1"]);
        let problem = waiting(&task).unwrap();
        assert_eq!((problem.status, problem.known_code()), (202, Some(Code::ApprovalPending)));
        assert_eq!(problem.detail, "mint_create waits as tsk_1 for the approval arq_1");
        assert_eq!(waiting(&json!({ "id": "trf_1" })), None);
    }

    #[test]
    fn a_problem_is_read_as_one() {
        let body = serde_json::to_vec(&Problem::from(Code::InsufficientFunds)).unwrap();
        let error = read(find("transfer_create").unwrap(), 422, &body).unwrap_err();
        assert_eq!(error.problem().and_then(Problem::known_code), Some(Code::InsufficientFunds));
    }

    #[test]
    fn what_no_node_says_is_unexpected() {
        let page = read(find("node_get").unwrap(), 502, b"<html>Bad\x07Gateway").unwrap_err();
        assert!(
            matches!(page, ClientError::Unexpected { status: 502, detail } if !detail.contains('\x07'))
        );
        for (status, body) in [(200, &b"<html>"[..]), (301, b""), (200, b"")] {
            let error = read(find("node_get").unwrap(), status, body).unwrap_err();
            assert!(matches!(error, ClientError::Unexpected { .. }), "{status}");
        }
    }

    #[test]
    fn a_node_that_is_not_ready_says_so_in_its_own_shape() {
        let body = br#"{"ready":false,"checks":[]}"#;
        assert_eq!(read(find("ready").unwrap(), 503, body).unwrap()["ready"], false);
    }

    #[test]
    fn only_503_with_whole_seconds_asks_to_come_back() {
        assert_eq!(retry_after(503, Some(" 2 ")), Some(Duration::from_secs(2)));
        for (status, header) in
            [(503, None), (503, Some("soon")), (503, Some("-1")), (429, Some("1"))]
        {
            assert_eq!(retry_after(status, header), None);
        }
    }
}
