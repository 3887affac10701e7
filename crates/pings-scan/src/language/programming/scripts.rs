//! The rules of scripting languages, and of templates that are written like them.

use crate::language::rule::Family::{JavaScript, Script};
use crate::language::rule::Language;
use crate::language::rule::Rule::{
    self, Apart, Block, Char, Doc, First, Indented, Long, Nested, Word,
};

pub(super) static ALL: &[&Language] = &[
    &Language::new(
        "CoffeeScript",
        &["coffee", "litcoffee", "cjsx", "iced", "Cakefile", "ls"],
        JavaScript,
        &[
            Block("###", "###"),
            Apart("#"),
            Rule::TRIPLE,
            Rule::TRIPLE_SINGLE,
            Rule::DOUBLE,
            Rule::SINGLE,
        ],
    ),
    &Language::new(
        "Crystal",
        &["cr"],
        Script,
        &[Apart("#"), Rule::DOUBLE_LINES, Char, Rule::BACKTICK],
    ),
    &Language::new(
        "R",
        &["r", "rprofile"],
        Script,
        &[Rule::HASH, Rule::DOUBLE, Rule::SINGLE],
    ),
    &Language::new(
        "Julia",
        &["jl"],
        Script,
        &[
            Nested("#=", "=#"),
            Rule::HASH,
            Doc("@doc"),
            Rule::DOC_TRIPLE,
            Rule::DOC_DOUBLE,
            Char,
        ],
    ),
    &Language::new(
        "Nim",
        &["nim", "nims", "nimble"],
        Script,
        &[
            Nested("##[", "]##"),
            Nested("#[", "]#"),
            Rule::HASH,
            Doc("discard"),
            Rule::TRIPLE,
            Rule::DOUBLE,
            Char,
        ],
    ),
    &Language::new(
        "GDScript",
        &["gd"],
        Script,
        &[
            Rule::HASH,
            Rule::DOC_TRIPLE,
            Rule::DOC_TRIPLE_SINGLE,
            Rule::DOUBLE,
            Rule::SINGLE,
        ],
    ),
    &Language::new(
        "PowerShell",
        &["ps1", "psm1", "psd1"],
        Script,
        &[
            Block("<#", "#>"),
            Word("#"),
            Rule::DOUBLE_PLAIN,
            Rule::SINGLE_PLAIN,
        ],
    ),
    &Language::new(
        "Tcl, Awk",
        &["tcl", "tk", "exp", "awk", "gawk", "sed"],
        Script,
        &[Word("#"), Rule::DOUBLE],
    ),
    &Language::new(
        "Make, CMake",
        &[
            "mk",
            "mak",
            "cmake",
            "just",
            "Makefile",
            "makefile",
            "GNUmakefile",
            "CMakeLists.txt",
            "justfile",
            "Justfile",
        ],
        Script,
        &[Long("#"), Rule::HASH, Rule::DOUBLE, Rule::SINGLE],
    ),
    &Language::new(
        "Dockerfile",
        &[
            "dockerfile",
            "Dockerfile",
            "Containerfile",
            "Procfile",
            "Caddyfile",
        ],
        Script,
        &[First("#"), Rule::DOUBLE, Rule::SINGLE],
    ),
    &Language::new(
        "Robot Framework, Janet, Roc, Mojo",
        &["robot", "janet", "roc", "mojo", "bb", "elv", "icn", "hn"],
        Script,
        &[Apart("#"), Rule::TRIPLE, Rule::DOUBLE, Rule::SINGLE],
    ),
    &Language::new(
        "Pug, Jade",
        &["pug", "jade"],
        JavaScript,
        &[Indented("//"), Rule::DOUBLE, Rule::SINGLE, Rule::BACKTICK],
    ),
    &Language::new(
        "Haml",
        &["haml", "hamlc"],
        Script,
        &[
            Indented("-#"),
            Indented("/"),
            First("- #"),
            Rule::DOUBLE,
            Rule::SINGLE,
        ],
    ),
    &Language::new(
        "Slim",
        &["slim", "slime", "emblem"],
        Script,
        &[Indented("/"), First("- #"), Rule::DOUBLE, Rule::SINGLE],
    ),
];
