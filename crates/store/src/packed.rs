//! Lines of a sealed range in fewer bytes.
//!
//! A frame of zstd with the size of its content and a checksum. It begins with zstd's own mark, and
//! lines never do: a batch that would is refused. What a frame claims to hold is bounded before
//! anything is made for it.

use std::borrow::Cow;
use std::io;
use std::sync::{Mutex, PoisonError};

use zstd::bulk::{Compressor, Decompressor};
use zstd::zstd_safe;

use crate::limits;

/// How every frame of zstd begins.
const MARK: [u8; 4] = zstd_safe::MAGICNUMBER.to_le_bytes();

/// Whether these are not lines but a frame of them.
pub(crate) fn is_packed(bytes: &[u8]) -> bool {
    bytes.starts_with(&MARK)
}

/// The lines as a frame.
pub(crate) fn pack(lines: &[u8]) -> io::Result<Vec<u8>> {
    let mut compressor = Compressor::new(limits::SEAL_LEVEL)?;
    compressor.include_checksum(true)?;
    compressor.compress(lines)
}

/// The lines themselves, whether packed or not. Fails with what is wrong about a frame.
pub(crate) fn unpack(bytes: &[u8]) -> Result<Cow<'_, [u8]>, &'static str> {
    if !is_packed(bytes) {
        return Ok(Cow::Borrowed(bytes));
    }
    let size = match zstd_safe::get_frame_content_size(bytes) {
        Ok(Some(size)) if size <= limits::SEALED_BYTES_MAX => size,
        Ok(_) => return Err("the entries claim to be larger than a range"),
        Err(_) => return Err("the entries' size does not read"),
    };
    let size = usize::try_from(size).map_err(|_| "the entries are too large")?;
    match decompress(bytes, size) {
        Ok(lines) if lines.len() == size => Ok(Cow::Owned(lines)),
        _ => Err("the entries do not unpack"),
    }
}

/// Decompressors that nobody uses at the moment. Making one costs more than unpacking a small frame.
static IDLE: Mutex<Vec<Decompressor<'static>>> = Mutex::new(Vec::new());

fn decompress(bytes: &[u8], size: usize) -> io::Result<Vec<u8>> {
    let idle = || IDLE.lock().unwrap_or_else(PoisonError::into_inner);
    let pooled = idle().pop();
    let mut own = pooled.map_or_else(Decompressor::new, Ok)?;
    // One that met an error is dropped, not pooled.
    let lines = own.decompress(bytes, size)?;
    let mut idle = idle();
    if idle.len() < limits::UNPACKERS_IDLE_MAX {
        idle.push(own);
    }
    Ok(lines)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lines() -> Vec<u8> {
        (0..2_000)
            .flat_map(|seq| format!("{{\"seq\":{seq},\"kind\":\"x\"}}\n").into_bytes())
            .collect()
    }

    #[test]
    fn lines_come_back_as_they_were_and_are_smaller_meanwhile() {
        let lines = lines();
        let packed = pack(&lines).unwrap();
        assert!(is_packed(&packed) && packed.len() < lines.len() / 3);
        assert_eq!(unpack(&packed).unwrap(), lines);
        assert_eq!(unpack(&lines).unwrap(), lines);
    }

    #[test]
    fn a_frame_with_any_other_byte_is_refused() {
        let lines = lines();
        let packed = pack(&lines).unwrap();
        for at in 0..packed.len() {
            let mut damaged = packed.clone();
            damaged[at] ^= 0x10;
            // Without its mark it counts as lines, which do not hash to their leaves.
            assert!(at < 4 || unpack(&damaged).map_or(true, |found| found == lines), "byte {at}");
        }
        for end in 4..packed.len() {
            assert!(unpack(&packed[..end]).is_err(), "cut at {end}");
        }
        let mut longer = packed.clone();
        longer.extend_from_slice(&packed);
        assert!(unpack(&longer).is_err());
    }

    #[test]
    fn a_frame_that_claims_more_than_a_range_is_refused_before_room_is_made() {
        let size = usize::try_from(limits::SEALED_BYTES_MAX).unwrap();
        assert_eq!(unpack(&pack(&vec![b'x'; size]).unwrap()).unwrap().len(), size);
        assert!(unpack(&pack(&vec![b'x'; size + 1]).unwrap()).is_err());
    }
}
