//! JSON Schemas of the vocabulary types, which know nothing of schemas themselves.
//!
//! Each type here is a marker without values, named in `#[schemars(with = "…")]` beside a field of
//! the type it describes. The patterns repeat what the parsers of `hansa-types` enforce.
//!
//! Deliberately absent: values and parsing.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// One word of a closed vocabulary.
#[derive(Debug)]
pub struct OneOf<T>(std::marker::PhantomData<T>);

impl<T: hansa_types::governance::Vocabulary> JsonSchema for OneOf<T> {
    fn inline_schema() -> bool {
        true
    }
    fn schema_name() -> Cow<'static, str> {
        format!("OneOf_{}", T::words().join("_")).into()
    }
    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({ "type": "string", "enum": T::words() })
    }
}

macro_rules! texts {
    ($($(#[$doc:meta])* $name:ident, $pattern:literal, $about:literal, $example:literal;)*) => {
        $(
            #[doc = $about]
            $(#[$doc])*
            #[derive(Debug)]
            pub enum $name {}

            impl JsonSchema for $name {
                fn schema_name() -> Cow<'static, str> {
                    stringify!($name).into()
                }
                fn schema_id() -> Cow<'static, str> {
                    concat!("hansa::", stringify!($name)).into()
                }
                fn json_schema(_: &mut SchemaGenerator) -> Schema {
                    json_schema!({
                        "type": "string",
                        "pattern": $pattern,
                        "description": $about,
                        "examples": [$example],
                    })
                }
            }
        )*
    };
}

texts! {
    PrincipalId, "^agt_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a principal.", "agt_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    TransferId, "^trf_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a transfer.", "trf_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    TaskId, "^tsk_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a task.", "tsk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    GrantId, "^cap_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a grant.", "cap_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    ApiKeyId, "^key_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of an API key; not its secret.", "key_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    ClientId, "^cli_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of an OAuth client; not its secret.", "cli_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    FundingId, "^fun_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a funding request.", "fun_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    InviteId, "^inv_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of an invitation; not its token.", "inv_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    TeamId, "^tem_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a team.", "tem_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    MemoryId, "^mem_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a memory.", "mem_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    SessionId, "^ses_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a session; not its secret.", "ses_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    PasskeyId, "^psk_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a passkey.", "psk_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    PolicySetId, "^pol_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a policy set.", "pol_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    PolicyEvaluationId, "^pev_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of an evaluation of policy.", "pev_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    Jurisdiction, "^[A-Z]{2}(-[A-Z0-9]{1,3})?$", "Where a law holds: a country or union, perhaps with a part of it.", "EU";
    Framework, "^[a-z][a-z0-9-]{0,31}$", "A body of rules that somebody is bound by.", "eu-ai-act";
    RuleName, "^[a-z][a-z0-9_]{0,47}$", "The name of a rule of a policy.", "amount_above_threshold";
    ActionId, "^act_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of an action.", "act_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    ReceiptId, "^rcp_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of a receipt.", "rcp_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    IncarnationId, "^inc_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of one incarnation of a journal.", "inc_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    RequestId, "^req_[0-7][0-9A-HJKMNP-TV-Z]{25}$", "The id of one request.", "req_01KAJ5Z0Q8Z0E6X3T9V4M2C7RD";
    EnvelopeId, "^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$", "The id of an AMP envelope: a UUID of version 4.", "550e8400-e29b-41d4-a716-446655440000";
    CurrencyCode, "^[A-Z][A-Z0-9]{2,7}$", "The code of a currency.", "AVT";
    Did, "^did:[a-z0-9]+:[A-Za-z0-9._:%/@#-]+$", "A decentralized identifier.", "did:key:z6MkhaXgBZDvotDkL5257faiztiGiC2QtKLGpbnnEGta2doK";
    Digest, "^[A-Za-z0-9_-]{43}$", "A SHA-256 digest as unpadded base64url.", "47DEQpj8HBSa-_TImW-5JCeuQeRkm5NMpJWZG3hSuFU";
    Signature, "^[A-Za-z0-9_-]{86}$", "An Ed25519 signature as unpadded base64url.", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA";
}
