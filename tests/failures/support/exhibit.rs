//! The evidence of a test: when a failure is caught, what was done, and the resulting output.

/// The stage at which a failure is caught.
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

/// Returns an exhibit that begins with a stage and a description.
pub(crate) fn exhibit(stage: Stage, words: &str) -> Exhibit {
    Exhibit(format!("**{}.** {words}\n", stage.name()))
}

impl Exhibit {
    /// Appends a code block.
    pub(crate) fn block(mut self, language: &str, text: &str) -> Self {
        assert!(!text.trim().is_empty(), "an empty block after {}", self.0);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        let text = lines.join("\n");
        self.0 += &format!("\n```{language}\n{}\n```\n", text.trim_matches('\n'));
        self
    }

    /// Appends a paragraph.
    pub(crate) fn words(mut self, words: &str) -> Self {
        self.0 += &format!("\n{words}\n");
        self
    }
}

/// Compares the exhibits with the snapshot.
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
