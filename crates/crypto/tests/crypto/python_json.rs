//! Python's bytes, compared with what CPython 3.11 writes.

use hansa_crypto::json::parse_strict;
use hansa_crypto::python_json::canonical;
use hansa_types::Code;
use hansa_types::limits::JSON_DEPTH_MAX;
use serde_json::json;

fn python(text: &str) -> String {
    String::from_utf8(canonical(&parse_strict(text.as_bytes()).unwrap()).unwrap()).unwrap()
}

#[test]
fn floats_are_written_as_python_repr() {
    let written = [
        ("0.0", "0.0"),
        ("-0.0", "-0.0"),
        ("5.0", "5.0"),
        ("5", "5"),
        ("-5.50", "-5.5"),
        ("0.1", "0.1"),
        ("1e-4", "0.0001"),
        ("0.00012345", "0.00012345"),
        ("1e-5", "1e-05"),
        ("1.5e-5", "1.5e-05"),
        ("0.0000001", "1e-07"),
        ("1e-10", "1e-10"),
        ("1e-100", "1e-100"),
        ("5e-324", "5e-324"),
        ("2.2250738585072014e-308", "2.2250738585072014e-308"),
        ("1e0", "1.0"),
        ("1e2", "100.0"),
        ("123456.789", "123456.789"),
        ("1e15", "1000000000000000.0"),
        ("1234567890123456.7", "1234567890123456.8"),
        ("9007199254740993.0", "9007199254740992.0"),
        ("9999999999999998.0", "9999999999999998.0"),
        ("1e16", "1e+16"),
        ("12345678901234567.0", "1.2345678901234568e+16"),
        ("1e22", "1e+22"),
        ("1e23", "1e+23"),
        ("-1.7976931348623157e308", "-1.7976931348623157e+308"),
        // Two shortest texts are equally near: Python takes the even digit.
        ("645456978460414.25", "645456978460414.2"),
        ("-814996137124129.25", "-814996137124129.2"),
        ("1069625561629.65625", "1069625561629.6562"),
        ("9007199254740993", "9007199254740993"),
        ("18446744073709551615", "18446744073709551615"),
        ("-9223372036854775808", "-9223372036854775808"),
    ];
    for (text, expected) in written {
        assert_eq!(python(text), expected, "{text}");
    }
}

#[test]
fn texts_are_ascii_with_lower_case_escapes() {
    let all: String =
        (0..0x81).filter_map(char::from_u32).chain("é世😀\u{ffff}\u{2028}".chars()).collect();
    let expected = concat!(
        r#""\u0000\u0001\u0002\u0003\u0004\u0005\u0006\u0007\b\t\n\u000b\f\r\u000e\u000f"#,
        r"\u0010\u0011\u0012\u0013\u0014\u0015\u0016\u0017",
        r"\u0018\u0019\u001a\u001b\u001c\u001d\u001e\u001f",
        r##" !\"#$%&'()*+,-./0123456789:;<=>?@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_"##,
        r#"`abcdefghijklmnopqrstuvwxyz{|}~\u007f\u0080\u00e9\u4e16\ud83d\ude00\uffff\u2028""#,
    );
    assert_eq!(String::from_utf8(canonical(&json!(all)).unwrap()).unwrap(), expected);
}

#[test]
fn keys_are_sorted_by_code_point_not_by_utf_16() {
    let text = r#"{"\ud83d\ude00":1,"\ufb33":2,"b":3,"":4,"B":5,"\u00e9":6}"#;
    let expected = r#"{"":4,"B":5,"b":3,"\u00e9":6,"\ufb33":2,"\ud83d\ude00":1}"#;
    assert_eq!(python(text), expected);
}

#[test]
fn containers_have_no_spaces() {
    assert_eq!(
        python(r#"{ "b" : [ 1, null ], "a": { }, "c": [ ] }"#),
        r#"{"a":{},"b":[1,null],"c":[]}"#
    );
    assert_eq!(python("[true, false]"), "[true,false]");
}

#[test]
fn nesting_is_bounded() {
    let mut value = json!(1);
    for _ in 0..JSON_DEPTH_MAX {
        value = json!([value]);
    }
    assert!(canonical(&value).is_ok());
    assert_eq!(canonical(&json!([value])).unwrap_err().code, Code::TooDeep);
}
