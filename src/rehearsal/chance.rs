//! Owns chance in tests of random courses of things: numbers from a seed, and what the environment asks to be played.

/// Numbers that look random and are the same for a seed (SplitMix64, Steele and others 2014).
pub(in crate::rehearsal) struct Chance(pub(in crate::rehearsal) u64);

impl Chance {
    pub(in crate::rehearsal) fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % end
    }

    pub(in crate::rehearsal) fn of<T: Copy>(&mut self, all: &[T]) -> T {
        all[self.below(all.len() as u64) as usize]
    }
}

/// A number that whoever runs the tests gives by the environment.
pub(in crate::rehearsal) fn asked(name: &str) -> Option<u64> {
    std::env::var(name).ok().and_then(|text| text.parse().ok())
}
