//! Small charts made of characters.

/// Returns a row of bars, one for each number. A missing number is a gap, which differs from zero.
pub(crate) fn sparkline(numbers: &[Option<f64>]) -> String {
    const BARS: [char; 8] = ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'];
    let highest = numbers.iter().flatten().copied().fold(0.0_f64, f64::max);
    let of_number = |number: &Option<f64>| match number {
        None => '·',
        Some(number) if highest > 0.0 && *number > 0.0 => {
            let place = (number / highest * BARS.len() as f64).ceil() as usize;
            BARS[place.clamp(1, BARS.len()) - 1]
        }
        Some(_) => '_',
    };
    numbers.iter().map(of_number).collect()
}

/// Returns a bar whose length is proportional to the number.
pub(crate) fn bar(number: f64, largest: f64, longest: usize) -> String {
    const PARTS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
    if !(number > 0.0 && largest > 0.0) {
        return String::new();
    }
    let eighths = (number / largest * longest as f64 * 8.0).round().max(1.0) as usize;
    "█".repeat(eighths / 8) + PARTS[eighths % 8]
}

#[cfg(test)]
mod tests {
    use super::{bar, sparkline};

    #[test]
    fn a_gap_is_no_zero() {
        let numbers = [Some(0.0), None, Some(1.0), Some(4.0), Some(8.0)];
        assert_eq!(sparkline(&numbers), "_·▁▄█");
        assert_eq!(sparkline(&[]), "");
        assert_eq!(sparkline(&[Some(0.0)]), "_");
    }

    #[test]
    fn what_is_there_is_seen() {
        assert_eq!(bar(8.0, 8.0, 4), "████");
        assert_eq!(bar(0.001, 8.0, 4), "▏");
        assert_eq!(bar(0.0, 8.0, 4), "");
        assert_eq!(bar(3.0, 8.0, 4), "█▌");
    }
}
