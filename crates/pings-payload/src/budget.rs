//! The memory that reading a payload may take.

use std::cell::Cell;

/// The memory that is left for what is built from a body.
///
/// A short body can describe a large structure: one byte of a list becomes a value of many bytes.
/// Every value, name and text is charged before it is built, so that the memory is bounded
/// whatever the body says.
pub(crate) struct Budget {
    granted: usize,
    left: Cell<usize>,
    is_exhausted: Cell<bool>,
}

impl Budget {
    /// A budget of that many bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            granted: bytes,
            left: Cell::new(bytes),
            is_exhausted: Cell::new(false),
        }
    }

    /// Takes bytes; false where fewer are left.
    pub(crate) fn take(&self, bytes: usize) -> bool {
        match self.left.get().checked_sub(bytes) {
            Some(left) => {
                self.left.set(left);
                true
            }
            None => {
                self.is_exhausted.set(true);
                false
            }
        }
    }

    /// Whether something was refused.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }

    /// The reason that is given where something was refused.
    pub(crate) fn reason(&self) -> String {
        format!(
            "reading this payload takes more than {} bytes",
            self.granted
        )
    }
}
