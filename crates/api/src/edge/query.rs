//! Query strings, read strictly: what is not percent-encoded UTF-8 is refused, never repaired.

use hansa_types::{Code, Rejection};

/// The parameters in their order.
pub(super) fn read(query: &str) -> Result<Vec<(String, String)>, Rejection> {
    let parts = query.split('&').filter(|part| !part.is_empty());
    parts
        .map(|part| {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            Ok((decode(name)?, decode(value)?))
        })
        .collect()
}

pub(super) fn decode(text: &str) -> Result<String, Rejection> {
    let refuse = || Rejection::new(Code::InvalidField, "the query is not percent-encoded UTF-8");
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        bytes.push(match byte {
            b'+' => b' ',
            b'%' => {
                let digits = [rest.next(), rest.next()].map(|d| d.and_then(hex_digit));
                let [Some(high), Some(low)] = digits else { return Err(refuse()) };
                high << 4 | low
            }
            other => other,
        });
    }
    String::from_utf8(bytes).map_err(|_| refuse())
}

fn hex_digit(byte: u8) -> Option<u8> {
    match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        b'A'..=b'F' => Some(byte - b'A' + 10),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parameters_come_in_order_and_decoded() {
        let read = read("a=1&b=x%20y+z&c&d=%C3%A9%2B&&a=2").unwrap();
        let expected = [("a", "1"), ("b", "x y z"), ("c", ""), ("d", "é+"), ("a", "2")];
        let expected: Vec<_> = expected.map(|(n, v)| (n.to_owned(), v.to_owned())).into();
        assert_eq!(read, expected);
        assert!(super::read("").unwrap().is_empty());
    }

    #[test]
    fn broken_encodings_are_refused() {
        for bad in ["a=%", "a=%2", "a=%zz", "a=%ff", "%C3=1"] {
            assert_eq!(read(bad).unwrap_err().code, Code::InvalidField, "{bad}");
        }
    }
}
