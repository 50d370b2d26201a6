//! One-time codes of six digits every thirty seconds (RFC 6238), as every authenticator makes them.

use hansa_types::Time;
use totp_rs::{Builder, Secret};
use zeroize::Zeroizing;

/// A second factor's secret.
pub struct Totp(totp_rs::Totp);

impl Totp {
    /// The codes of a secret of 20 bytes.
    pub fn new(secret: &[u8]) -> Option<Self> {
        let secret: [u8; 20] = secret.try_into().ok()?;
        let codes = Builder::new().with_secret(Secret::from(secret)).with_skew(1);
        codes.build().ok().map(Self)
    }

    /// The period a code belongs to, if it is the present one or a neighbour.
    pub fn check(&self, code: &str, now: Time) -> Option<u64> {
        self.0.check(code, now.unix_seconds())
    }

    /// The code of a moment.
    pub fn code(&self, now: Time) -> String {
        self.0.generate(now.unix_seconds()).to_string()
    }
}

/// The secret as authenticators read it, and the address that a QR code holds.
pub fn uri(secret: &[u8], host: &str) -> (Zeroizing<String>, Zeroizing<String>) {
    let base32 = Zeroizing::new(Secret::from(secret).to_base32());
    let uri = Zeroizing::new(format!("otpauth://totp/{host}?secret={}&issuer={host}", *base32));
    (base32, uri)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_those_of_rfc_6238() {
        // Appendix B has eight digits; six are their tail.
        let totp = Totp::new(b"12345678901234567890").unwrap();
        for (s, code) in [(59, "287082"), (1_111_111_109, "081804"), (2_000_000_000, "279037")] {
            assert_eq!(totp.code(Time(s * 1_000)), code);
            assert_eq!(totp.check(code, Time(s * 1_000)), Some(s / 30));
            assert_eq!(totp.check(code, Time((s + 30) * 1_000)), Some(s / 30));
            assert_eq!(totp.check(code, Time((s + 90) * 1_000)), None);
        }
        for bad in ["", "28708", "2870820", "abcdef"] {
            assert_eq!(totp.check(bad, Time(59_000)), None);
        }
        assert!(Totp::new(b"short").is_none());
    }
}
