//! Requests typed, put together and taken apart, and the members that refusals name.

use super::*;
use crate::api::agents::{AgentCardSet, AgentGet};
use crate::api::transfers::{TransferBatch, TransferCreate, TransferList};
use crate::limits::BATCH_ITEMS_MAX;
use crate::operations::find;
use serde_json::json;

fn refusal<T: DeserializeOwned + fmt::Debug>(value: Value) -> (Code, String) {
    let invalid = parse::<T>(value).unwrap_err();
    (invalid.rejection.code, invalid.field)
}

fn item(amount: Value) -> Value {
    json!({ "to": "did:w7:bob", "amount": amount })
}

#[test]
fn a_missing_member_is_named() {
    let (code, field) = refusal::<TransferCreate>(json!({ "amount": "1" }));
    assert_eq!((code, field.as_str()), (Code::MissingField, "to"));
    let (code, field) = refusal::<TransferBatch>(json!({ "items": [{ "to": "did:w7:bob" }] }));
    assert_eq!((code, field.as_str()), (Code::MissingField, "items[0].amount"));
}

#[test]
fn an_unknown_member_is_named() {
    let mut request = item(json!("1"));
    request["memo"] = json!("for lunch");
    let (code, field) = refusal::<TransferCreate>(request.clone());
    assert_eq!((code, field.as_str()), (Code::UnknownField, "memo"));
    let (code, field) = refusal::<TransferBatch>(json!({ "items": [item(json!("1")), request] }));
    assert_eq!((code, field.as_str()), (Code::UnknownField, "items[1].memo"));
    let mut hold = item(json!("1"));
    hold["hold"] = json!({ "days": 1 });
    let (code, field) = refusal::<TransferCreate>(hold);
    assert_eq!((code, field.as_str()), (Code::UnknownField, "hold.days"));
    let (code, field) = refusal::<crate::api::node::NodeGet>(json!({ "x": 1 }));
    assert_eq!((code, field.as_str()), (Code::UnknownField, "x"));
}

#[test]
fn odd_names_of_unknown_members_do_not_confuse() {
    for name in ["", "a`, expected `b", "`", "items[0]", "é\u{1}"] {
        let mut request = item(json!("1"));
        request[name] = json!(1);
        let (code, _) = refusal::<TransferCreate>(request);
        assert_eq!(code, Code::UnknownField, "{name:?}");
    }
    let mut long = item(json!("1"));
    long["x".repeat(10_000)] = json!(1);
    let (_, field) = refusal::<TransferCreate>(long);
    assert!(field.len() <= ECHO_CHARS_MAX);
}

#[test]
fn a_member_of_the_wrong_type_is_named() {
    let (code, field) = refusal::<TransferCreate>(json!({ "to": 7, "amount": "1" }));
    assert_eq!((code, field.as_str()), (Code::InvalidField, "to"));
    let (code, field) = refusal::<TransferCreate>(json!([]));
    assert_eq!((code, field.as_str()), (Code::InvalidField, ""));
}

#[test]
fn amounts_keep_their_own_codes_wherever_they_stand() {
    let (code, field) = refusal::<TransferCreate>(item(json!(1)));
    assert_eq!((code, field.as_str()), (Code::AmountNotAString, "amount"));
    let batch = json!({ "items": [item(json!("1")), item(json!("1,5"))] });
    let (code, field) = refusal::<TransferBatch>(batch);
    assert_eq!((code, field.as_str()), (Code::AmountMalformed, "items[1].amount"));
}

#[test]
fn a_batch_holds_1_to_1000_items() {
    let batch = |n: usize| json!({ "items": vec![item(json!("1")); n] });
    assert_eq!(refusal::<TransferBatch>(batch(0)).0, Code::BatchEmpty);
    assert_eq!(refusal::<TransferBatch>(batch(BATCH_ITEMS_MAX + 1)).0, Code::BatchTooLarge);
    assert!(parse::<TransferBatch>(batch(BATCH_ITEMS_MAX)).is_ok());
}

#[test]
fn a_refusal_becomes_a_problem_that_names_the_member() {
    let invalid = parse::<TransferCreate>(item(json!(1))).unwrap_err();
    let rejection = Rejection::from(invalid.clone());
    assert!(rejection.detail.starts_with("amount: "), "{}", rejection.detail);
    let problem = Problem::from(invalid);
    assert_eq!((problem.status, problem.code.as_str()), (422, "amount_not_a_string"));
    assert_eq!(problem.errors[0].field, "amount");
}

#[test]
fn a_request_comes_together_from_path_query_and_body() {
    let operation = find("agent_card_set").unwrap();
    let body = json!({ "card": { "name": "x" } });
    let request = assemble(operation, [("agent", "did:w7:bob")], [], Some(body)).unwrap();
    let request: AgentCardSet = parse(request).unwrap();
    assert_eq!(request.agent.to_string(), "did:w7:bob");

    let operation = find("transfer_list").unwrap();
    let query = [("limit", "10"), ("currency", "AVT")];
    let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let request: TransferList = parse(assemble(operation, [], query, None).unwrap()).unwrap();
    assert_eq!(request.limit.items(), 10);
}

#[test]
fn members_in_the_wrong_place_are_refused() {
    let owned = |name: &str| [(name.to_owned(), "1".to_owned())];
    let read = find("agent_get").unwrap();
    let write = find("agent_card_set").unwrap();
    let code = |result: Result<Value, Invalid>| result.unwrap_err().rejection.code;
    assert_eq!(code(assemble(read, [("agent", "x")], [], Some(json!({})))), Code::InvalidField);
    assert_eq!(code(assemble(write, [("agent", "x")], owned("card"), None)), Code::UnknownField);
    assert_eq!(code(assemble(write, [("agent", "x")], [], Some(json!([])))), Code::InvalidField);
    let twice = Some(json!({ "agent": "y" }));
    assert_eq!(code(assemble(write, [("agent", "x")], [], twice)), Code::InvalidField);
    assert_eq!(code(assemble(read, [("agent", "x")], owned("agent"), None)), Code::InvalidField);
    let list = find("transfer_list").unwrap();
    let two = [owned("limit"), owned("limit")].concat();
    assert_eq!(code(assemble(list, [], two, None)), Code::InvalidField);
}

#[test]
fn a_request_taken_apart_comes_together_again() {
    let operation = find("agent_get").unwrap();
    let request: AgentGet = parse(json!({ "agent": "did:w7:skill/tax" })).unwrap();
    let parts = disassemble(operation, serde_json::to_value(&request).unwrap()).unwrap();
    assert_eq!(parts.path, "/api/v1/agents/did%3Aw7%3Askill%2Ftax");
    assert_eq!((parts.query.len(), parts.body), (0, None));

    let list = find("transfer_list").unwrap();
    let request: TransferList = parse(json!({ "currency": "AVT", "limit": 7 })).unwrap();
    let parts = disassemble(list, serde_json::to_value(&request).unwrap()).unwrap();
    let again: TransferList = parse(assemble(list, [], parts.query, None).unwrap()).unwrap();
    assert_eq!(again, request);

    let code =
        |op: &str, value: Value| disassemble(find(op).unwrap(), value).unwrap_err().rejection.code;
    assert_eq!(code("agent_get", json!({})), Code::MissingField);
    assert_eq!(code("agent_get", json!({ "agent": "" })), Code::MissingField);
    assert_eq!(code("agent_get", json!([])), Code::InvalidField);
    assert_eq!(code("transfer_list", json!({ "account": {} })), Code::InvalidField);
}
