//! What a test shows of a failure: when it is caught, what was done, and what is told.

/// When something is caught.
#[derive(Clone, Copy)]
pub(crate) enum Stage {
    Typing,
    Check,
    Build,
    Tests,
    Running,
    Store,
    Never,
}

impl Stage {
    fn name(self) -> &'static str {
        match self {
            Self::Typing => "While typing",
            Self::Check => "At check",
            Self::Build => "At build",
            Self::Tests => "In tests",
            Self::Running => "At run time",
            Self::Store => "In the store",
            Self::Never => "Not caught",
        }
    }
}

/// A piece of evidence, as Markdown.
pub(crate) struct Exhibit(String);

/// An exhibit that begins with when and what.
pub(crate) fn exhibit(stage: Stage, words: &str) -> Exhibit {
    Exhibit(format!("**{}.** {words}\n", stage.name()))
}

impl Exhibit {
    /// The same, with a block of code.
    pub(crate) fn block(mut self, language: &str, text: &str) -> Self {
        assert!(!text.trim().is_empty(), "an empty block after {}", self.0);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let text = lines.join("\n");
        self.0 += &format!("\n```{language}\n{}\n```\n", text.trim_matches('\n'));
        self
    }

    /// The same, with more words.
    pub(crate) fn words(mut self, words: &str) -> Self {
        self.0 += &format!("\n{words}\n");
        self
    }
}

/// Holds what is shown to what was shown before.
pub(crate) fn check(name: &str, exhibits: &[Exhibit]) {
    assert!(!exhibits.is_empty(), "{name} shows nothing");
    let all: Vec<&str> = exhibits.iter().map(|it| it.0.as_str()).collect();
    insta::with_settings!({
        snapshot_path => concat!(env!("CARGO_MANIFEST_DIR"), "/failures/snapshots"),
        prepend_module_to_snapshot => false,
        omit_expression => true,
    }, {
        insta::assert_snapshot!(name, all.join("\n"));
    });
}
