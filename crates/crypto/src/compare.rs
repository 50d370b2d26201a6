//! Comparison that takes the same time wherever the first difference lies.
//!
//! For secrets and their digests only. The lengths are not hidden, because they never are secret.

use subtle::ConstantTimeEq as _;

/// Whether both are equal, in time that depends on their lengths alone.
pub fn equal(a: &[u8], b: &[u8]) -> bool {
    a.ct_eq(b).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_same_bytes_are_equal() {
        assert!(equal(b"", b""));
        assert!(equal(b"secret", b"secret"));
        for other in [&b"Secret"[..], b"secreT", b"secre", b"secrets", b""] {
            assert!(!equal(b"secret", other));
        }
    }
}
