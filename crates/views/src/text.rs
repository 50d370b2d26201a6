//! Cutting text to a length without splitting a character.

/// The beginning of a text, at most so many bytes of it.
pub(crate) fn head(text: &str, bytes_max: usize) -> &str {
    let mut end = text.len().min(bytes_max);
    while !text.is_char_boundary(end) {
        end -= 1;
    }
    &text[..end]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_stay_whole() {
        assert_eq!(head("größe", 4), "gr\u{f6}");
        assert_eq!(head("größe", 3), "gr");
        assert_eq!(head("abc", 3), "abc");
        assert_eq!(head("", 0), "");
    }
}
