//! The product's words for the types of pings.

use crate::PingType;

/// The product's words for the types of pings on the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// The words for pings that are counted from events.
    pub fe_event: Term,
    /// The words for pings that are captured from tables.
    pub be_capture: Term,
    /// The words for pings whose values the product sets.
    pub value: Term,
}

/// The product's words for a type of pings.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Term {
    /// The name.
    pub name: Option<String>,
    /// The meaning of the type, as Markdown.
    pub meaning: Option<String>,
}

impl Terms {
    /// Returns the words for a type.
    #[must_use]
    pub fn of(&self, kind: PingType) -> &Term {
        match kind {
            PingType::FeEvent => &self.fe_event,
            PingType::BeCapture => &self.be_capture,
            PingType::Value => &self.value,
        }
    }

    /// Returns the name of a type: the product's own, or else a name that fits every product.
    #[must_use]
    pub fn name(&self, kind: PingType) -> &str {
        let usual = match kind {
            PingType::FeEvent => "Event",
            PingType::BeCapture => "Capture",
            PingType::Value => "Value",
        };
        self.of(kind).name.as_deref().unwrap_or(usual)
    }

    /// Returns what a type means, as Markdown.
    #[must_use]
    pub fn meaning(&self, kind: PingType) -> &str {
        let usual = match kind {
            PingType::FeEvent => {
                "counts events. The product records an event when something happens, such as an \
                 action of a user, and counts the events of each week."
            }
            PingType::BeCapture => {
                "reads the tables of the product, and counts or measures what they contain."
            }
            PingType::Value => {
                "is the state of one thing, such as a setting. The product sets it, and the last \
                 value before the end of the week counts."
            }
        };
        self.of(kind).meaning.as_deref().unwrap_or(usual)
    }
}
