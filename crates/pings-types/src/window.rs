//! The period that a value covers.

use crate::text::words;

/// The period that a value covers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Window {
    /// One ISO week, from Monday 00:00:00 UTC (inclusive) to the next Monday (exclusive).
    Weekly,
    /// Everything in the tables at capture time.
    Total,
}

words!(Window {
    Weekly: "weekly",
    Total: "total",
});

#[cfg(test)]
mod tests {
    use super::Window;

    #[test]
    fn words_are_parsed_and_serialized() {
        for window in Window::ALL {
            assert_eq!(window.as_str().parse(), Ok(*window));
            let json = serde_json::to_string(window).unwrap();
            assert_eq!(json, format!("\"{window}\""));
            assert_eq!(serde_json::from_str::<Window>(&json).unwrap(), *window);
        }
        let message = "\"Weekly\" is not one of the values \"weekly\", \"total\"";
        assert_eq!("Weekly".parse::<Window>().unwrap_err().to_string(), message);
        let error = serde_json::from_str::<Window>("\"Weekly\"").unwrap_err();
        assert!(error.to_string().starts_with(message), "{error}");
    }
}
