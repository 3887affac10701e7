//! Chance that is the same each time.

/// SplitMix64, after Sebastiano Vigna.
pub struct Chance(u64);

impl Chance {
    /// Another for each seed.
    pub fn new(seed: u64) -> Self {
        Self(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5851_f42d_4c95_7f2d)
    }

    /// Any number.
    pub fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// From 0 up to 1, which it never is.
    pub fn part(&mut self) -> f64 {
        (self.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    /// A whole number below that.
    pub fn below(&mut self, bound: u64) -> u64 {
        self.next() % bound.max(1)
    }

    /// True with that probability.
    pub fn is(&mut self, probability: f64) -> bool {
        self.part() < probability
    }

    /// Normally distributed, after Box and Muller.
    pub fn normal(&mut self) -> f64 {
        let radius = (-2.0 * (1.0 - self.part()).ln()).sqrt();
        radius * (std::f64::consts::TAU * self.part()).cos()
    }

    /// Lognormal around 1, with that deviation of its logarithm.
    pub fn around_one(&mut self, deviation: f64) -> f64 {
        (self.normal() * deviation).exp()
    }

    /// How many of rare and independent things happen, where that many do on average.
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
