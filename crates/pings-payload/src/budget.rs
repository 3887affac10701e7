//! The memory limit for reading a payload.

use std::cell::Cell;

/// The memory that is still available for values that are built from a body.
///
/// A short body can describe a large structure: one byte of a list becomes a value of many bytes.
/// Every value, name and text is therefore charged before it is built, so that memory use is
/// bounded for any body.
pub(crate) struct Budget {
    granted: usize,
    left: Cell<usize>,
    is_exhausted: Cell<bool>,
}

impl Budget {
    /// Creates a budget with this number of bytes.
    pub(crate) fn new(bytes: usize) -> Self {
        Self {
            granted: bytes,
            left: Cell::new(bytes),
            is_exhausted: Cell::new(false),
        }
    }

    /// Charges bytes. Returns `false` if fewer bytes are left.
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

    /// Returns whether a charge was refused.
    pub(crate) fn is_exhausted(&self) -> bool {
        self.is_exhausted.get()
    }

    /// Returns the error message for a refused charge.
    pub(crate) fn reason(&self) -> String {
        format!(
            "reading this payload takes more than {} bytes",
            self.granted
        )
    }
}
