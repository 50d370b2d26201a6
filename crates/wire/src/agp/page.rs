//! Pages of lists: `{items, page: {has_more, next_cursor}}`.

use serde_json::{Value, json};

use crate::api::Page;

/// A page of native objects as one of AGP's.
pub fn page<T>(page: Page<T>, tell: impl FnMut(T) -> Value) -> Value {
    let next_cursor = page.next_cursor;
    let items: Vec<Value> = page.data.into_iter().map(tell).collect();
    json!({
        "items": items,
        "page": { "has_more": next_cursor.is_some(), "next_cursor": next_cursor },
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scalar::Cursor;

    #[test]
    fn a_page_says_whether_there_is_more() {
        let of =
            |next_cursor| page(Page { data: vec![1, 2], next_cursor, as_of_seq: 7 }, Value::from);
        let last = json!({ "items": [1, 2], "page": { "has_more": false, "next_cursor": null } });
        assert_eq!(of(None), last);
        let more = of(Cursor::new("n50".to_owned()));
        assert_eq!(more["page"], json!({ "has_more": true, "next_cursor": "n50" }));
    }
}
