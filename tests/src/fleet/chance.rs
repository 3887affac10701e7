//! Reproducible random numbers.

/// The SplitMix64 generator by Sebastiano Vigna.
pub struct Chance(u64);

impl Chance {
    /// Creates a generator from a seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// Returns any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// Returns a number from 0 to 1, excluding 1.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// Returns an integer below `bound`.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// Returns true with the given probability.
    pub fn is(&mut self, probability: f64) -> bool {
        self.part() < probability
    }

    /// Returns a normally distributed number, computed with the Box–Muller transform.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.part()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.part()).cos()
    }

    /// Returns a lognormally distributed number with median 1. `deviation` is that of its
    /// logarithm.
    pub fn around_one(&mut self, deviation: f64) -> f64 {
        (self.normal() * deviation).exp()
    }

    /// Returns a Poisson-distributed number with the given mean.
    pub fn poisson(&mut self, mean: f64) -> u64 {
        if mean > 40.0 {
            return (mean + self.normal() * mean.sqrt()).round().max(0.0) as u64;
        }
        let limit = (-mean).exp();
        let mut product = self.part();
        let mut count = 0;
        while product > limit {
            product *= self.part();
            count += 1;
        }
        count
    }
}
