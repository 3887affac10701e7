//! The values of instances by week, without the weeks that an instance did not report.

/// A week that an instance reported.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Cell {
    /// The place of the week.
    pub(crate) week: usize,
    /// The trusted value, or `None` if the value is not trusted.
    pub(crate) value: Option<f64>,
}

/// The values of all instances.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Panel {
    /// The number of weeks.
    pub(crate) weeks: usize,
    /// The reported weeks of each instance, in order.
    pub(crate) instances: Vec<Vec<Cell>>,
}

impl Panel {
    /// Returns the trusted values of an instance with their weeks.
    pub(super) fn observed(&self, instance: usize) -> impl Iterator<Item = (usize, f64)> {
        let cells = self.instances.get(instance).into_iter().flatten();
        cells.filter_map(|cell| Some((cell.week, cell.value?)))
    }

    /// Returns the weeks of an instance without a trusted value.
    pub(super) fn missing(&self, instance: usize) -> impl Iterator<Item = usize> {
        let cells = self.instances.get(instance).into_iter().flatten();
        let missing = cells.filter(|cell| cell.value.is_none());
        missing.map(|cell| cell.week)
    }

    /// Whether a trusted value is negative.
    pub(super) fn has_negative(&self) -> bool {
        let mut cells = self.instances.iter().flatten();
        cells.any(|cell| cell.value.is_some_and(|value| value < 0.0))
    }
}
