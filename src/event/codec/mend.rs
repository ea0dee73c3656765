//! Putting right one flipped bit of a record: its checksum tells which one it was.
//!
//! CRC32C keeps any two records of up to 256 MiB at least four bits apart, so that one flipped bit
//! has one way back, and two flipped bits never look like one. Three may: whoever takes what was
//! put right proves it by something that does not rest on this checksum, as the hash chain.

use super::{CodecError, VERSION, unframe};

/// The polynomial of CRC32C, lowest power first.
const POLYNOMIAL: u32 = 0x82f6_3b78;

/// What each byte does to the checksum of what comes after it.
const STEPS: [u32; 256] = steps();

const fn steps() -> [u32; 256] {
    let mut steps = [0; 256];
    let mut byte = 0_u32;
    while byte < 256 {
        let (mut step, mut bit) = (byte, 0);
        while bit < 8 {
            step = if step & 1 == 1 { (step >> 1) ^ POLYNOMIAL } else { step >> 1 };
            bit += 1;
        }
        steps[byte as usize] = step;
        byte += 1;
    }
    steps
}

/// Returns a framed record as it was before one of its bits was flipped; `None` where more is
/// wrong, and where nothing is.
pub fn mend(record: &[u8]) -> Option<Vec<u8>> {
    let mut mended = record.to_vec();
    match unframe(record) {
        Ok(_) | Err(CodecError::Short | CodecError::Content(_)) => return None,
        Err(CodecError::Newer(_)) => mended[0] = VERSION,
        Err(CodecError::Checksum) => {
            let (head, payload) = record.split_first_chunk::<5>()?;
            let stored = u32::from_le_bytes([head[1], head[2], head[3], head[4]]);
            let wrong = stored ^ crc32c::crc32c(payload);
            if wrong.is_power_of_two() {
                // The checksum itself.
                mended[1..5].copy_from_slice(&(stored ^ wrong).to_le_bytes());
            } else {
                let (place, mask) = flipped(payload.len(), wrong)?;
                mended[5 + place] ^= mask;
            }
        }
    }
    let flipped = record.iter().zip(&mended).map(|(was, is)| (was ^ is).count_ones()).sum::<u32>();
    (flipped == 1 && unframe(&mended).is_ok()).then_some(mended)
}

/// Returns which bit of so many bytes changes their checksum by `wrong`.
fn flipped(length: usize, wrong: u32) -> Option<(usize, u8)> {
    let mut bits: [u32; 8] = std::array::from_fn(|bit| STEPS[1 << bit]);
    for place in (0..length).rev() {
        if let Some(bit) = bits.iter().position(|it| *it == wrong) {
            return Some((place, 1 << bit));
        }
        bits = bits.map(|it| (it >> 8) ^ STEPS[(it & 0xff) as usize]);
    }
    None
}

#[cfg(test)]
mod tests {
    use super::super::frame;
    use super::*;

    #[test]
    fn any_one_flipped_bit_is_put_right() {
        for length in [0, 1, 40, 4_040] {
            let payload: Vec<u8> = (0..length).map(|it: u32| it.to_le_bytes()[0] ^ 0x5b).collect();
            let sound = frame(&payload);
            assert_eq!(mend(&sound), None, "nothing is wrong");
            let step = if length > 100 { 37 } else { 1 };
            for bit in (0..sound.len() * 8).step_by(step) {
                let mut record = sound.clone();
                record[bit / 8] ^= 1 << (bit % 8);
                assert_eq!(mend(&record).as_ref(), Some(&sound), "bit {bit} of {length} bytes");
            }
        }
    }

    #[test]
    fn two_flipped_bits_and_a_zeroed_stretch_are_not_taken_for_one() {
        let sound = frame(&[173; 4_040]);
        for (one, other) in [(8, 9), (40, 32_000), (45, 1_300), (12, 20_000)] {
            let mut record = sound.clone();
            record[one / 8] ^= 1 << (one % 8);
            record[other / 8] ^= 1 << (other % 8);
            assert_eq!(mend(&record), None, "bits {one} and {other}");
        }
        let mut record = sound;
        record[100..612].fill(0);
        assert_eq!(mend(&record), None);
        assert_eq!(mend(&[]), None);
    }
}
