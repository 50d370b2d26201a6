//! Strict reading and canonical writing, against RFC 8785's examples and everything nasty.

use hansa_crypto::json::{canonical, parse_strict};
use hansa_crypto::limits::JSON_PATH_CHARS_MAX;
use hansa_types::Code;
use hansa_types::limits::{JSON_DEPTH_MAX, JSON_INTEGER_MAX};
use proptest::prelude::*;
use serde_json::{Value, json};

fn canonical_text(text: &str) -> String {
    String::from_utf8(canonical(&parse_strict(text.as_bytes()).unwrap()).unwrap()).unwrap()
}

fn refusal(text: &str) -> (Code, String) {
    let rejection = parse_strict(text.as_bytes()).unwrap_err();
    (rejection.code, rejection.detail.into_owned())
}

fn nested(open: &str, middle: &str, close: &str, depth: usize) -> String {
    format!("{}{middle}{}", open.repeat(depth), close.repeat(depth))
}

#[test]
fn the_example_of_rfc_8785_section_3_2_2_comes_out_as_printed() {
    let input = r#"{
        "numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],
        "string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
        "literals": [null, true, false]
    }"#;
    let expected = concat!(
        r#"{"literals":[null,true,false],"#,
        r#""numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],"#,
        r#""string":"€$\u000f\nA'B\"\\\\\"/"}"#,
    );
    assert_eq!(canonical_text(input), expected);
}

#[test]
fn the_files_of_the_rfcs_author_come_out_as_theirs() {
    macro_rules! pair {
        ($name:literal) => {
            (
                include_str!(concat!("../vectors/jcs/input/", $name)),
                include_str!(concat!("../vectors/jcs/output/", $name)),
            )
        };
    }
    for (input, output) in [
        pair!("arrays.json"),
        pair!("french.json"),
        pair!("structures.json"),
        pair!("unicode.json"),
        pair!("values.json"),
        pair!("weird.json"),
    ] {
        assert_eq!(canonical_text(input), output);
        assert_eq!(canonical_text(output), output);
    }
}

#[test]
fn keys_are_sorted_by_utf_16_as_in_rfc_8785_section_3_2_3() {
    let input = r#"{
        "\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",
        "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",
        "\u00f6": "Latin Small Letter O With Diaeresis"
    }"#;
    let expected = concat!(
        r#"{"\r":"Carriage Return","1":"One","#,
        "\"\u{80}\":\"Control\",\"ö\":\"Latin Small Letter O With Diaeresis\",",
        "\"€\":\"Euro Sign\",\"😀\":\"Emoji: Grinning Face\",",
        "\"\u{fb33}\":\"Hebrew Letter Dalet With Dagesh\"}",
    );
    assert_eq!(canonical_text(input), expected);
}

#[test]
fn numbers_are_written_as_in_rfc_8785_appendix_b() {
    let written = [
        (0x0000_0000_0000_0000, "0"),
        (0x8000_0000_0000_0000, "0"),
        (0x0000_0000_0000_0001, "5e-324"),
        (0x8000_0000_0000_0001, "-5e-324"),
        (0x7fef_ffff_ffff_ffff, "1.7976931348623157e+308"),
        (0xffef_ffff_ffff_ffff, "-1.7976931348623157e+308"),
        (0x44b5_2d02_c7e1_4af5, "9.999999999999997e+22"),
        (0x44b5_2d02_c7e1_4af6, "1e+23"),
        (0x44b5_2d02_c7e1_4af7, "1.0000000000000001e+23"),
        (0x444b_1ae4_d6e2_ef50, "1e+21"),
        (0x3eb0_c6f7_a0b5_ed8c, "9.999999999999997e-7"),
        (0x3eb0_c6f7_a0b5_ed8d, "0.000001"),
        (0x41b3_de43_5555_5553, "333333333.3333332"),
        (0x41b3_de43_5555_5554, "333333333.33333325"),
        (0x41b3_de43_5555_5555, "333333333.3333333"),
        (0x41b3_de43_5555_5556, "333333333.3333334"),
        (0x41b3_de43_5555_5557, "333333333.33333343"),
        (0xbecb_f647_612f_3696, "-0.0000033333333333333333"),
        (0x4314_3ff3_c1cb_0959, "1424953923781206.2"),
    ];
    for (bits, text) in written {
        let bytes = canonical(&json!(f64::from_bits(bits))).unwrap();
        assert_eq!(String::from_utf8(bytes).unwrap(), text, "{bits:016x}");
        assert_eq!(canonical_text(text), text);
    }
    // The appendix's large integers are exactly those that RFC 7493 does not let travel.
    for bits in [
        0x4340_0000_0000_0000,
        0xc340_0000_0000_0000,
        0x4430_0000_0000_0000,
        0x444b_1ae4_d6e2_ef4e,
        0x444b_1ae4_d6e2_ef4f,
    ] {
        let refused = canonical(&json!(f64::from_bits(bits))).unwrap_err();
        assert_eq!(refused.code, Code::InvalidField, "{bits:016x}");
    }
}

#[test]
fn integers_are_read_exactly_and_written_only_if_every_reader_keeps_them() {
    let exact = [
        ("9007199254740993", json!(9_007_199_254_740_993_u64)),
        ("18446744073709551615", json!(u64::MAX)),
        ("-9223372036854775808", json!(i64::MIN)),
    ];
    for (text, value) in exact {
        assert_eq!(parse_strict(text.as_bytes()).unwrap(), value);
        assert_eq!(canonical(&value).unwrap_err().code, Code::InvalidField, "{text}");
    }
    for text in ["9007199254740991", "-9007199254740991", "0", "-1"] {
        assert_eq!(canonical_text(text), text);
    }
    let beyond = JSON_INTEGER_MAX + 1;
    let named = canonical(&json!({ "a": [0, { "b/~c": beyond }] })).unwrap_err();
    assert!(named.detail.ends_with(": /a/1/b~1~0c"), "{}", named.detail);
    for double in
        [9_007_199_254_740_992.0, -9_007_199_254_740_992.0, 1e18, 999_999_999_999_999_900_000.0]
    {
        assert_eq!(canonical(&json!(double)).unwrap_err().code, Code::InvalidField, "{double}");
    }
    for double in [9_007_199_254_740_991.0, 1e21, -1e21] {
        assert!(canonical(&json!(double)).is_ok(), "{double}");
    }
}

#[test]
fn integers_that_would_be_rounded_are_refused() {
    let digits = "1".repeat(40);
    for text in [
        "18446744073709551616",
        "-9223372036854775809",
        "1000000000000000000000",
        &format!("-{digits}"),
        r#"{"a":["1e30",1e30,{"b\"\\":99999999999999999999}]}"#,
    ] {
        assert_eq!(refusal(text).0, Code::InvalidField, "{text}");
    }
    for text in [
        "1e30",
        "1.0E+22",
        "-12345678901234567890.5",
        "[1e30,0e+99999999999999999999,0E-99999999999999999999,1.99999999999999999999]",
        r#"{"99999999999999999999":[1e99,"99999999999999999999","\"99999999999999999999"]}"#,
    ] {
        assert!(parse_strict(text.as_bytes()).is_ok(), "{text}");
    }
}

#[test]
fn integers_and_floats_stay_apart() {
    assert!(parse_strict(b"5.0").unwrap().is_f64());
    assert!(parse_strict(b"5").unwrap().is_u64());
    assert!(parse_strict(b"-5").unwrap().is_i64());
    assert!(parse_strict(b"5e0").unwrap().is_f64());
    assert_eq!(canonical_text("[5.0,5,-0,-0.0]"), "[5,5,0,0]");
}

#[test]
fn doubles_are_read_to_the_nearest() {
    // Texts that a reader without enough precision takes for a neighbour.
    for (text, bits) in [
        ("333333333.33333329", 0x41b3_de43_5555_5555_u64),
        ("2.2250738585072011e-308", 0x000f_ffff_ffff_ffff),
        ("9007199254740993.0", 0x4340_0000_0000_0000),
        ("1424953923781206.25", 0x4314_3ff3_c1cb_0959),
        ("123.456e-789", 0),
    ] {
        let read = parse_strict(text.as_bytes()).unwrap().as_f64().unwrap();
        assert_eq!(read.to_bits(), bits, "{text}");
    }
}

#[test]
fn a_repeated_key_is_refused_at_any_depth_and_named() {
    let refused = [
        (r#"{"a":1,"a":1}"#, "/a"),
        (r#"{"a":1,"b":2,"\u0061":3}"#, "/a"),
        (r#"{"x":[0,{"y":{"a":1,"a":2}}]}"#, "/x/1/y/a"),
        (r#"{"":1,"":2}"#, "/"),
        (r#"{"a/b~":1,"a/b~":2}"#, "/a~1b~0"),
        (r#"{"a\n":1,"a\n":2}"#, r"/a\n"),
    ];
    for (text, path) in refused {
        let (code, detail) = refusal(text);
        assert_eq!(code, Code::DuplicateKey, "{text}");
        assert!(detail.ends_with(&format!(": {path}")), "{detail}");
    }
    assert!(parse_strict(br#"{"a":{"a":{"a":1}},"b":[{"a":1},{"a":2}]}"#).is_ok());
    // Case and normalization make other keys.
    assert!(parse_strict("{\"a\":1,\"A\":2,\"é\":3,\"e\u{301}\":4}".as_bytes()).is_ok());
}

#[test]
fn the_path_in_a_refusal_is_bounded() {
    let key = "k".repeat(10_000);
    let (code, detail) = refusal(&format!(r#"{{"{key}":{{"{key}":1,"{key}":2}}}}"#));
    assert_eq!(code, Code::DuplicateKey);
    assert!(detail.chars().count() < JSON_PATH_CHARS_MAX + 40, "{}", detail.len());
    assert!(detail.ends_with("k…"));
}

#[test]
fn nesting_is_read_and_written_up_to_its_limit() {
    for (open, middle, close) in
        [("[", "", "]"), ("[", "1", "]"), (r#"{"a":"#, "1", "}"), (r#"[{"a":"#, "1", "}]")]
    {
        let each = open.matches(['[', '{']).count();
        let allowed = nested(open, middle, close, JSON_DEPTH_MAX / each);
        let value = parse_strict(allowed.as_bytes()).unwrap();
        assert_eq!(canonical(&value).unwrap(), allowed.as_bytes());
        let too_deep = nested(open, middle, close, JSON_DEPTH_MAX / each + 1);
        assert_eq!(refusal(&too_deep).0, Code::TooDeep, "{too_deep}");
    }
    let mut value = json!([]);
    for _ in 0..JSON_DEPTH_MAX {
        value = json!([value]);
    }
    assert_eq!(canonical(&value).unwrap_err().code, Code::TooDeep);
}

#[test]
fn nesting_without_end_is_refused_before_the_stack_ends() {
    for open in ["[", r#"{"a":"#, r#"[{"a":"#] {
        assert_eq!(refusal(&open.repeat(1_000_000)).0, Code::TooDeep);
    }
}

#[test]
fn what_is_not_exactly_one_value_is_refused() {
    let refused = [
        "",
        " ",
        "{",
        "}",
        "[1,]",
        "[,1]",
        "[1 2]",
        r#"{"a"}"#,
        r#"{"a":}"#,
        r#"{"a":1,}"#,
        "{a:1}",
        "{'a':1}",
        "{1:1}",
        "1 2",
        "{} {}",
        "[] x",
        "null\u{0}",
        "nul",
        "True",
        "NaN",
        "Infinity",
        "-Infinity",
        "-",
        "+1",
        ".5",
        "5.",
        "01",
        "-01",
        "0x10",
        "1e",
        "1e+",
        "1_000",
        "1e999",
        "-1e999",
        "\"",
        "\"a",
        "\"\n\"",
        "\"\t\"",
        "\"\\x\"",
        "\"\\u12\"",
        "\"\\ud800\"",
        "\"\\ud800\\u0041\"",
        "\"\\udc00\"",
        "// c\n1",
        "/* c */ 1",
        "\u{feff}1",
        "\u{a0}1",
        "'a'",
        "undefined",
        "[1]]",
        "\u{c}1",
    ];
    for text in refused {
        assert_eq!(refusal(text).0, Code::MalformedJson, "{text:?}");
    }
    for text in [" \t\r\n{ \"a\" : [ 1 , null ] } \n", "null", "\"\\u0000\"", "\"\u{7f}\""] {
        assert!(parse_strict(text.as_bytes()).is_ok(), "{text:?}");
    }
}

#[test]
fn bytes_that_are_not_utf_8_are_refused() {
    for bytes in [
        &b"\"\xff\""[..],
        b"\"\xc0\xaf\"",
        b"\"\xed\xa0\x80\"",
        b"\xff\xfe1\0",
        b"{\"a\":\"\xe2\x82\"}",
    ] {
        let rejection = parse_strict(bytes).unwrap_err();
        assert_eq!(rejection.code, Code::MalformedJson);
        assert!(rejection.detail.contains("UTF-8"), "{}", rejection.detail);
    }
}

#[test]
fn keys_that_mean_something_inside_serde_json_are_ordinary_keys() {
    for key in ["$serde_json::private::RawValue", "$serde_json::private::Number"] {
        let text = format!(r#"{{"{key}":"1"}}"#);
        assert_eq!(canonical_text(&text), text);
    }
}

/// Values that canonical JSON can carry, with keys and texts beyond ASCII.
fn values() -> impl Strategy<Value = Value> {
    let integers = -9_007_199_254_740_991_i64..=9_007_199_254_740_991;
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        integers.prop_map(Value::from),
        (-1e6..1e6_f64).prop_map(Value::from),
        any::<String>().prop_map(Value::from),
    ];
    leaf.prop_recursive(6, 64, 8, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..8).prop_map(Value::from),
            prop::collection::btree_map(any::<String>(), inner, 0..8)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

proptest! {
    #[test]
    fn canonical_bytes_do_not_depend_on_how_the_value_was_written(value in values()) {
        let bytes = canonical(&value).unwrap();
        let pretty = serde_json::to_vec_pretty(&value).unwrap();
        prop_assert_eq!(canonical(&parse_strict(&pretty).unwrap()).unwrap(), bytes.clone());
        prop_assert_eq!(canonical(&parse_strict(&bytes).unwrap()).unwrap(), bytes);
    }

    #[test]
    fn any_double_is_read_as_it_was_written(double in any::<f64>()) {
        let text = serde_json::to_string(&json!(double)).unwrap();
        if let Some(read) = parse_strict(text.as_bytes()).unwrap().as_f64() {
            prop_assert_eq!(read.to_bits(), double.to_bits());
        }
    }
}
