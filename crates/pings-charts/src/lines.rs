//! The sections of a line.

/// Returns the uninterrupted sections of a line.
pub(crate) fn runs(values: &[Option<f64>]) -> Vec<Vec<(f64, f64)>> {
    let mut runs = vec![Vec::new()];
    for (place, value) in values.iter().enumerate() {
        match (value, runs.last_mut()) {
            (Some(value), Some(run)) => run.push((place as f64, *value)),
            _ => runs.push(Vec::new()),
        }
    }
    runs.retain(|run| !run.is_empty());
    runs
}

/// Returns every other section of the segment between two points.
pub(crate) fn dashes(from: (f64, f64), to: (f64, f64)) -> impl Iterator<Item = Vec<(f64, f64)>> {
    const PARTS: u32 = 3;
    let at = move |part: f64| {
        let mix = |from: f64, to: f64| from + (to - from) * part;
        (mix(from.0, to.0), mix(from.1, to.1))
    };
    (0..PARTS).map(move |part| {
        let begin = f64::from(part) / f64::from(PARTS);
        vec![at(begin), at(begin + 0.6 / f64::from(PARTS))]
    })
}
