//! Reads template literals of JavaScript, which contain code.

use super::{Found, Kind, Lexer};

impl Lexer<'_> {
    /// Reads a template up to its end or to its first `${`.
    pub(super) fn template(&mut self) -> bool {
        let content = self.at + 1;
        let kind = Kind::String { content };
        self.piece(content, kind);
        true
    }

    /// Reads the rest of a template after the brace that ends its code.
    pub(super) fn closes_template(&mut self) -> bool {
        match self.templates.last_mut() {
            Some(0) => {
                self.templates.pop();
                // This piece continues a string and has no content of its own.
                let kind = Kind::String {
                    content: usize::MAX,
                };
                self.piece(self.at + 1, kind);
                true
            }
            Some(open) => {
                *open -= 1;
                false
            }
            None => false,
        }
    }

    fn piece(&mut self, content: usize, kind: Kind) {
        let mut at = content;
        while at < self.end {
            match self.text[at] {
                b'\\' => at += 1,
                b'`' => {
                    self.push(Found { end: at + 1, kind });
                    return;
                }
                b'$' if self.text.get(at + 1) == Some(&b'{') => {
                    self.push(Found { end: at + 2, kind });
                    self.templates.push(0);
                    return;
                }
                _ => {}
            }
            at += 1;
        }
        self.push(Found::unclosed(self.end));
    }
}
