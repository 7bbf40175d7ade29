//! Stable hashes of ids, and the ring of those that a conversation saw last.
//!
//! Fingerprints outlive the program (they are state), so the hash is written down here: MurmurHash64A by Austin
//! Appleby, reading little-endian words on every machine.

use crate::limits;

/// A stable 64-bit hash of `text`.
#[must_use]
pub(crate) fn fingerprint(text: &str) -> u64 {
    seeded(text, 0)
}

/// A stable 64-bit hash of `text` and a seed.
#[must_use]
pub(crate) fn seeded(text: &str, seed: u64) -> u64 {
    const M: u64 = 0xc6a4_a793_5bd1_e995;
    let bytes = text.as_bytes();
    let mut hash = seed ^ (bytes.len() as u64).wrapping_mul(M);
    let (words, rest) = bytes.as_chunks::<8>();
    for word in words {
        let mut word = u64::from_le_bytes(*word).wrapping_mul(M);
        word ^= word >> 47;
        hash = (hash ^ word.wrapping_mul(M)).wrapping_mul(M);
    }
    if !rest.is_empty() {
        let mut word = [0; 8];
        word[..rest.len()].copy_from_slice(rest);
        hash = (hash ^ u64::from_le_bytes(word)).wrapping_mul(M);
    }
    hash = (hash ^ (hash >> 47)).wrapping_mul(M);
    hash ^ (hash >> 47)
}

/// The fingerprints of the last [`limits::RECENT_EVENTS`] events, newest last, 40 bits each: a foreign id is taken for a
/// seen one once in some seventy thousand million events.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Recent {
    pub(super) low: [u32; limits::RECENT_EVENTS],
    pub(super) high: [u8; limits::RECENT_EVENTS],
}

impl Recent {
    /// The two parts that are kept; never both 0, which means an empty place.
    const fn parts(fingerprint: u64) -> (u32, u8) {
        let low = fingerprint as u32;
        (if low == 0 { 1 } else { low }, (fingerprint >> 32) as u8)
    }

    /// Whether the event was among the last.
    pub(crate) fn contains(&self, fingerprint: u64) -> bool {
        let (low, high) = Recent::parts(fingerprint);
        self.low.iter().zip(&self.high).any(|(known_low, known_high)| *known_low == low && *known_high == high)
    }

    /// Remembers an event, forgetting the oldest.
    pub(crate) fn push(&mut self, fingerprint: u64) {
        let (low, high) = Recent::parts(fingerprint);
        self.low.copy_within(1.., 0);
        self.high.copy_within(1.., 0);
        self.low[limits::RECENT_EVENTS - 1] = low;
        self.high[limits::RECENT_EVENTS - 1] = high;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_hash_never_changes() {
        assert_eq!(fingerprint(""), 0);
        assert_eq!(fingerprint("evt-1"), 0x0723_003a_486b_ad93);
        assert_eq!(seeded("conversation-17", 7), 0x018b_8b20_645d_c0ae);
    }

    #[test]
    fn the_ring_forgets_the_oldest() {
        let mut recent = Recent::default();
        assert!(!recent.contains(0), "an empty ring knows nothing");
        for number in 0..20_u64 {
            recent.push(number << 32);
        }
        let known: Vec<u64> = (0..20).filter(|number| recent.contains(number << 32)).collect();
        assert_eq!(known, (4..20).collect::<Vec<_>>());
    }
}
