//! Arguments that can precede the name of an event.

/// Endings of variables that hold the name of an event themselves or describe the event.
const NAMES: &[&str] = &["event", "name", "action", "category", "type", "kind", "key"];

/// Returns whether the name of an event can follow this argument: `ctx`, `this.client`,
/// `&r.Context()`.
///
/// The argument is not skipped if it is the name itself: `eventName`, `CART_OPENED`,
/// `Event::CartOpened`.
pub(crate) fn is_passed_over(argument: &[u8]) -> bool {
    let Ok(argument) = std::str::from_utf8(argument) else {
        return false;
    };
    let path = argument.trim().trim_start_matches(['&', '*', '@', '$']);
    let path = path
        .replace("?.", ".")
        .replace("->", ".")
        .replace("::", ".");
    let parts: Vec<&str> = path.split('.').collect();
    let is_constant = |part: &&str| part.starts_with(char::is_uppercase) && !part.ends_with("()");
    parts.iter().all(|part| is_plain(part)) && !parts.last().is_some_and(is_constant)
}

/// Returns whether a part is an identifier or a call without arguments, and does not look like a
/// name.
fn is_plain(part: &str) -> bool {
    let word = part.strip_suffix("()").unwrap_or(part);
    let lower = word.to_lowercase();
    let is_word = |c: char| c.is_alphanumeric() || "_$#".contains(c);
    !word.is_empty()
        && word.chars().all(is_word)
        && !word.starts_with(|c: char| c.is_ascii_digit())
        && !NAMES.iter().any(|name| lower.ends_with(name))
}

#[cfg(test)]
mod tests {
    use super::is_passed_over;

    #[test]
    fn a_context_is_passed_over_and_a_name_is_not() {
        for argument in [
            "ctx",
            " this.client ",
            "&r.Context()",
            "$this->user",
            "req?.user.id",
            "self.db",
        ] {
            assert!(is_passed_over(argument.as_bytes()), "{argument}");
        }
        for argument in [
            "eventName",
            "CART_OPENED",
            "&Event::CartOpened",
            "event.clone()",
            "names[0]",
            "f(x)",
            "{ a }",
            "a + b",
            "1",
            "",
        ] {
            assert!(!is_passed_over(argument.as_bytes()), "{argument}");
        }
    }
}
