//! The rules of languages that templates embed, or that the content of a file decides.

use crate::language::rule::Family::{C, JavaScript, Other, Script};
use crate::language::rule::Rule::{
    self, Alone, Apart, Char, CppRaw, Doc, HereDocument, Keyword, Line, Lines, Pod, Preprocessor,
    Regex, Rest, Skip, Spliced, Template, Transpose, Unless, Word,
};
use crate::language::rule::{How, Language};

pub(crate) static JAVASCRIPT: Language = Language::new(
    "JavaScript",
    &[
        "js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts", "es6", "qml", "gs", "wxs",
    ],
    JavaScript,
    &[
        Rule::SLASHES,
        Rule::STARS,
        Rule::DOUBLE,
        Rule::SINGLE,
        Template,
        Regex,
    ],
);

pub(crate) static CSS: Language = Language::new("CSS", &[], Other, &[Rule::STARS]);

pub(crate) static RUBY: Language = Language::new(
    "Ruby",
    &[
        "rb",
        "rake",
        "ru",
        "gemspec",
        "jbuilder",
        "builder",
        "podspec",
        "thor",
        "rabl",
        "Rakefile",
        "Gemfile",
        "Podfile",
        "Fastfile",
        "Vagrantfile",
        "Brewfile",
        "Guardfile",
        "Capfile",
    ],
    Script,
    &[
        Lines("=begin", "=end"),
        Rest("__END__"),
        Apart("#"),
        Rule::DOUBLE,
        Rule::SINGLE,
        Rule::BACKTICK,
    ],
);

pub(crate) static PYTHON: Language = Language::new(
    "Python",
    &[
        "py",
        "pyi",
        "pyx",
        "pyw",
        "pxd",
        "bzl",
        "bazel",
        "star",
        "sage",
        "vy",
        "SConstruct",
        "SConscript",
        "BUILD",
        "WORKSPACE",
        "Tiltfile",
        "Snakefile",
    ],
    Script,
    &[
        Rule::HASH,
        Rule::DOC_TRIPLE,
        Rule::DOC_TRIPLE_SINGLE,
        Rule::DOC_DOUBLE,
        Rule::DOC_SINGLE,
    ],
);

pub(crate) static ELIXIR: Language = Language::new(
    "Elixir",
    &["ex", "exs"],
    Script,
    &[
        Skip("?\""),
        Skip("?'"),
        Skip("?#"),
        Doc("@doc"),
        Doc("@moduledoc"),
        Doc("@typedoc"),
        Doc("@shortdoc"),
        Doc("@deprecated"),
        Apart("#"),
        Rule::TRIPLE,
        Rule::TRIPLE_SINGLE,
        Rule::DOUBLE,
        Rule::SINGLE,
    ],
);

pub(crate) static JAVA: Language = Language::new(
    "Java",
    &["java", "jav", "aidl", "bsh"],
    C,
    &[Rule::SLASHES, Rule::STARS, Rule::TRIPLE, Rule::DOUBLE, Char],
);

pub(crate) static CSHARP: Language = Language::new(
    "C#",
    &["cs", "csx", "cake"],
    C,
    &[
        Preprocessor,
        Rule::SLASHES,
        Rule::STARS,
        Rule::TRIPLE,
        Rule::VERBATIM,
        Rule::Text(
            "@$\"",
            "\"",
            How {
                escapes: false,
                lines: true,
                documents: false,
            },
        ),
        Rule::DOUBLE,
        Char,
    ],
);

pub(crate) static PHP: Language = Language::new(
    "PHP code",
    &[],
    C,
    &[
        Unless("#", "["),
        Rule::SLASHES,
        Rule::STARS,
        Rule::DOUBLE,
        Rule::SINGLE,
        Rule::BACKTICK,
        Rest("__halt_compiler();"),
    ],
);

pub(crate) static VISUAL_BASIC: Language = Language::new(
    "Visual Basic",
    &["vb", "vbs", "bas", "vba", "frm", "brs", "xojo_code"],
    Other,
    &[Line("'"), Keyword("rem"), Line("’"), Rule::DOUBLE_PLAIN],
);

pub(crate) static C_LANGUAGE: Language = Language::new(
    "C",
    &[
        "c", "h", "cc", "cpp", "cxx", "c++", "hh", "hpp", "hxx", "h++", "inl", "ipp", "tpp", "ixx",
        "cppm", "cu", "cuh", "ino", "pde", "glsl", "vert", "frag", "hlsl", "metal", "cl", "re2c",
    ],
    C,
    &[
        Preprocessor,
        Spliced("//"),
        Rule::STARS,
        CppRaw,
        Rule::DOUBLE,
        Char,
    ],
);

pub(crate) static OBJECTIVE_C: Language = Language::new(
    "Objective-C",
    &["mm"],
    C,
    &[Preprocessor, Spliced("//"), Rule::STARS, Rule::DOUBLE, Char],
);

pub(crate) static MATLAB: Language = Language::new(
    "MATLAB",
    &["matlab", "mlx", "octave"],
    Other,
    &[
        Alone("%{", "%}"),
        Alone("#{", "#}"),
        Rule::PERCENT,
        Apart("#"),
        Line("..."),
        Rule::DOUBLE,
        Transpose,
    ],
);

pub(crate) static PERL: Language = Language::new(
    "Perl",
    &["pl", "pm", "t", "psgi", "cgi", "PL"],
    Script,
    &[
        Pod,
        Rest("__END__"),
        Rest("__DATA__"),
        Apart("#"),
        Rule::DOUBLE,
        Rule::SINGLE,
        Rule::BACKTICK,
    ],
);

pub(crate) static PROLOG: Language = Language::new(
    "Prolog",
    &["prolog", "pro", "plt", "logtalk", "lgt"],
    Other,
    &[Rule::PERCENT, Rule::STARS, Rule::DOUBLE, Rule::SINGLE],
);

pub(crate) static SHELL: Language = Language::new(
    "Shell",
    &[
        "sh", "bash", "zsh", "ksh", "fish", "dash", "ash", "bats", "command", "envrc", "csh",
        "tcsh", "nu", ".bashrc", ".zshrc", ".profile", "PKGBUILD",
    ],
    Script,
    &[
        HereDocument,
        Word("#"),
        Rule::DOUBLE,
        Rule::SINGLE_PLAIN,
        Rule::BACKTICK,
    ],
);

/// The fallback for an unknown language: curly braces, and comments like those of C.
pub(crate) static UNKNOWN: Language = Language::new(
    "unknown",
    &[],
    C,
    &[
        Rule::SLASHES,
        Rule::STARS,
        Rule::DOUBLE,
        Rule::SINGLE,
        Rule::BACKTICK,
    ],
);
