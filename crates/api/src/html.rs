//! Pages for people: one style, and text that cannot become markup.
//!
//! A page brings everything along: it works without a network, loads nothing and runs nothing.

use std::fmt::{self, Write as _};

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:60rem;margin:2rem auto;\
padding:0 1rem;color:#1a1a1a;background:#fff}code,pre{font:14px/1.4 ui-monospace,monospace}\
pre{background:#f4f4f4;padding:.75rem;overflow:auto}table{border-collapse:collapse;width:100%}\
td,th{text-align:left;vertical-align:top;padding:.35rem .6rem;border-bottom:1px solid #ddd}\
article{border-top:1px solid #ddd;padding:.5rem 0}h3{margin:.5rem 0}.m{font-weight:700}\
.a{color:#666;font-size:.85rem}tr:target{background:#fff3c4}\
@media(prefers-color-scheme:dark){body{color:#eee;background:#161616}pre{background:#222}\
td,th,article{border-color:#333}tr:target{background:#4a3d00}a{color:#8ab4f8}.a{color:#999}}";

/// What ends a page.
pub(crate) const END: &str = "</body></html>";

/// Text that means itself in HTML, within elements and quoted attributes.
pub(crate) struct Escaped<'a>(pub(crate) &'a str);

impl fmt::Display for Escaped<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for c in self.0.chars() {
            match c {
                '&' => f.write_str("&amp;")?,
                '<' => f.write_str("&lt;")?,
                '>' => f.write_str("&gt;")?,
                '"' => f.write_str("&quot;")?,
                '\'' => f.write_str("&#39;")?,
                c => f.write_char(c)?,
            }
        }
        Ok(())
    }
}

/// The beginning of a page, with its title as heading.
pub(crate) fn begin(title: &str) -> String {
    let title = Escaped(title);
    format!(
        "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\">\
         <meta name=\"viewport\" content=\"width=device-width\"><title>{title}</title>\
         <style>{STYLE}</style></head><body><h1>{title}</h1>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_cannot_become_markup() {
        let text = Escaped("<b a=\"x\">'&'</b>").to_string();
        assert_eq!(text, "&lt;b a=&quot;x&quot;&gt;&#39;&amp;&#39;&lt;/b&gt;");
    }
}
