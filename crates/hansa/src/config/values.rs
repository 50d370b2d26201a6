//! From the text of a setting to what it means.

use std::net::SocketAddr;

use hansa_api::CardSignatures;
use hansa_kernel::node::Mode;
use hansa_types::{Amount, Currency};

/// Why a text is not a value, as the end of a sentence that begins with the key.
pub(super) type Refusal = String;

/// Parts per million of the whole.
const PPM_PER_ONE: u32 = 1_000_000;

pub(super) fn address(text: &str) -> Result<SocketAddr, Refusal> {
    text.parse().map_err(|_| "an address and a port, e.g. 127.0.0.1:7400 or [::]:7400".to_owned())
}

pub(super) fn integer<T: std::str::FromStr>(text: &str) -> Result<T, Refusal> {
    let digits: String = text.chars().filter(|&c| c != '_').collect();
    digits.parse().map_err(|_| "a whole number that is not negative".to_owned())
}

pub(super) fn flag(text: &str) -> Result<bool, Refusal> {
    match text {
        "true" => Ok(true),
        "false" => Ok(false),
        _ => Err("true or false".to_owned()),
    }
}

/// Bytes: a number with or without `KiB`, `MiB`, `GiB` or `TiB`.
pub(super) fn bytes(text: &str) -> Result<u64, Refusal> {
    let units = [("KiB", 10), ("MiB", 20), ("GiB", 30), ("TiB", 40), ("B", 0)];
    let unit = units.iter().find_map(|(name, shift)| Some((text.strip_suffix(name)?, *shift)));
    let (number, shift) = unit.unwrap_or((text, 0));
    let number: Result<u64, Refusal> = integer(number.trim());
    number
        .ok()
        .and_then(|number| number.checked_mul(1 << shift))
        .ok_or_else(|| "a number of bytes, e.g. 268435456 or 256MiB".to_owned())
}

/// Texts between commas; nothing for an empty text.
pub(super) fn list(text: &str) -> Vec<String> {
    text.split(',').map(str::trim).filter(|item| !item.is_empty()).map(str::to_owned).collect()
}

/// Things between commas, each of which reads.
pub(super) fn listed<T: std::str::FromStr<Err = &'static str>>(
    text: &str,
) -> Result<Vec<T>, Refusal> {
    let read = |item: &String| item.parse().map_err(|what| format!("a list, each item {what}"));
    list(text).iter().map(read).collect()
}

/// A fee rate in parts per million: `0.5%` or `5000ppm`, at most the whole.
pub(super) fn rate_ppm(text: &str) -> Result<u32, Refusal> {
    let refuse =
        || "at most 100 %, as percent with up to four decimals (0.5%) or as 5000ppm".to_owned();
    let ppm = match (text.strip_suffix('%'), text.strip_suffix("ppm")) {
        (Some(percent), _) => percent_as_ppm(percent.trim()),
        (_, Some(ppm)) => integer(ppm.trim()).ok(),
        _ => None,
    };
    ppm.filter(|&ppm| ppm <= PPM_PER_ONE).ok_or_else(refuse)
}

fn percent_as_ppm(text: &str) -> Option<u32> {
    // A percent is 10,000 parts per million, so it reads like money of four decimals.
    let percent = Currency { code: "PCT".parse().ok()?, scale: 4 };
    u32::try_from(percent.parse_or_zero(text).ok()?.0).ok()
}

/// Major units of a currency, zero included.
pub(super) fn amount(text: &str, currency: &Currency) -> Result<Amount, Refusal> {
    let refuse = |error| format!("an amount of {} as a decimal text: {error}", currency.code);
    currency.parse_or_zero(text).map_err(refuse)
}

pub(super) fn currency(code: &str, scale: &str) -> Result<Currency, Refusal> {
    let code = code
        .parse()
        .map_err(|_| "3 to 8 upper-case letters or digits, a letter first".to_owned())?;
    let scale = integer(scale).ok().filter(|&scale: &u8| scale <= Currency::SCALE_MAX);
    let scale = scale.ok_or_else(|| "a number of decimals from 0 to 18".to_owned())?;
    Ok(Currency { code, scale })
}

pub(super) fn mode(text: &str) -> Result<Mode, Refusal> {
    match text {
        "sovereign" => Ok(Mode::Sovereign),
        "satellite" => Ok(Mode::Satellite),
        _ => Err("sovereign or satellite".to_owned()),
    }
}

/// The host and port of a secure URL, as they stand there.
pub(super) fn url_authority(url: &str) -> Result<String, Refusal> {
    url_host(url)?;
    let rest = url.strip_prefix("https://").ok_or("a URL such as https://node.example")?;
    Ok(rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned())
}

/// The host and port of an engine, which may be reached without TLS where its host is private.
pub(super) fn engine_authority(url: &str) -> Result<String, Refusal> {
    let wrong = || "a URL such as https://opa.example:8181".to_owned();
    let (plain, rest) = match (url.strip_prefix("http://"), url.strip_prefix("https://")) {
        (Some(rest), _) => (true, rest),
        (_, Some(rest)) => (false, rest),
        _ => return Err(wrong()),
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.is_empty() || authority.contains('@') {
        return Err(wrong());
    }
    let has_port = authority.rsplit(':').next().is_some_and(|port| port.parse::<u16>().is_ok());
    Ok(match plain && !has_port {
        true => format!("{authority}:80"),
        false => authority.to_owned(),
    })
}

pub(super) fn card_signatures(text: &str) -> Result<CardSignatures, Refusal> {
    match text {
        "off" => Ok(CardSignatures::Off),
        "shadow" => Ok(CardSignatures::Shadow),
        "enforce" => Ok(CardSignatures::Enforce),
        _ => Err("off, shadow or enforce".to_owned()),
    }
}

/// The host of a URL of the web: `https://node.example:8443/x` has `node.example`.
pub(super) fn url_host(url: &str) -> Result<String, Refusal> {
    let refuse = || "a URL such as https://node.example".to_owned();
    let rest = ["https://", "http://"].iter().find_map(|scheme| url.strip_prefix(scheme));
    let authority = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).ok_or_else(refuse)?;
    let host = match authority.strip_prefix('[') {
        Some(v6) => v6.split_once(']').map(|(host, _)| format!("[{host}]")),
        None => authority.split(':').next().map(str::to_owned),
    };
    let is_host = |host: &String| {
        let part = |b: u8| b.is_ascii_alphanumeric() || b".-_[]:".contains(&b);
        !host.is_empty() && host.bytes().all(part)
    };
    host.filter(is_host).ok_or_else(refuse)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_read_as_percent_and_as_parts_per_million() {
        for (text, ppm) in
            [("0.5%", 5_000), ("0%", 0), ("100%", 1_000_000), ("0.0001 %", 1), ("5000ppm", 5_000)]
        {
            assert_eq!(rate_ppm(text), Ok(ppm), "{text}");
        }
        for bad in ["", "0.5", "5", "-1%", "100.0001%", "0.00001%", "1000001ppm", "half"] {
            assert!(rate_ppm(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn sizes_read_with_units() {
        for (text, size) in
            [("0", 0), ("1_024", 1_024), ("256MiB", 256 << 20), ("1 GiB", 1 << 30), ("5B", 5)]
        {
            assert_eq!(bytes(text), Ok(size), "{text}");
        }
        for bad in ["", "-1", "1MB", "1.5GiB", "99999999TiB"] {
            assert!(bytes(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn hosts_are_taken_out_of_urls() {
        for (url, host) in [
            ("https://node.example", "node.example"),
            ("http://node.example:8443/x?y", "node.example"),
            ("https://[::1]:7400/", "[::1]"),
        ] {
            assert_eq!(url_host(url).as_deref(), Ok(host), "{url}");
        }
        for bad in ["node.example", "ftp://x", "https://", "https:///x", "https://a b"] {
            assert!(url_host(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn amounts_follow_the_scale_of_their_currency() {
        let yen = currency("JPY", "0").unwrap();
        assert_eq!(amount("7", &yen), Ok(Amount(7)));
        assert!(amount("0.001", &yen).is_err());
        assert!(currency("AVT", "19").is_err() && currency("avt", "6").is_err());
    }
}
