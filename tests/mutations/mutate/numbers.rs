//! Increments and decrements numbers, and inverts booleans.

use pings_model::schema::Shape;

use crate::mutation::Mutation;
use crate::part::Parts;

pub fn all(parts: &Parts<'_>) -> Vec<Mutation> {
    let mut all = Vec::new();
    for part in parts.scalars() {
        let text = parts.inner_text(part);
        let is_number = matches!(
            part.shape,
            Shape::Integer
                | Shape::GroupSize
                | Shape::Percentile
                | Shape::FormatVersion
                | Shape::Scalar
        );
        if let Some(number) = text.parse::<u32>().ok().filter(|_| is_number) {
            for other in [number.saturating_sub(1), number + 1] {
                let mutation = Mutation::new("shift number", part);
                all.push(mutation.edit(part.value, other.to_string()));
            }
        }
        if let Some(is) = text
            .parse::<bool>()
            .ok()
            .filter(|_| matches!(part.shape, Shape::Boolean))
        {
            all.push(Mutation::new("flip boolean", part).edit(part.value, (!is).to_string()));
        }
    }
    all
}
