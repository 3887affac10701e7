//! The rules of template languages: code and comments inside another text, usually HTML.

use super::programming::{
    CSHARP, CSS, ELIXIR, JAVA, JAVASCRIPT, PERL, PHP, PYTHON, RUBY, VISUAL_BASIC,
};
use super::rule::Family::{C, Markup};
use super::rule::Language;
use super::rule::Rule::{
    self, Block, Closed, Code, Element, First, FirstBlock, FrontMatter, Line, Nested, Region, Tag,
};

/// The comments that HTML and its derivatives share.
const COMMENT: Rule = Block("<!--", "-->");
const SCRIPT: Rule = Element("script", &JAVASCRIPT);
const STYLE: Rule = Element("style", &CSS);
/// JavaScript comments in attributes and in `{…}`.
const IN_ATTRIBUTE: Rule = Block("=\"/* ", "*/");
const LINE_IN_ATTRIBUTE: Rule = Block("=\"//", "\"");
const IN_BRACES: Rule = Block("{/*", "*/");
const APART_IN_BRACES: Rule = Block("{ /*", "*/");
const SLASHES: Rule = First("//");
const STARS: Rule = FirstBlock("/*", "*/");

/// HTML around a template.
pub(crate) static HTML: Language = Language::new(
    "HTML",
    &[],
    Markup,
    &[
        COMMENT,
        SCRIPT,
        STYLE,
        IN_ATTRIBUTE,
        LINE_IN_ATTRIBUTE,
        IN_BRACES,
        APART_IN_BRACES,
        SLASHES,
        STARS,
    ],
);

/// Returns a template language whose surrounding text is HTML.
const fn template(
    name: &'static str,
    files: &'static [&'static str],
    rules: &'static [Rule],
) -> Language {
    Language::new(name, files, Markup, rules).within(&HTML)
}

const JINJA: Rule = Block("{#", "#}");
const COMMENT_TAG: Rule = Tag("comment", "endcomment");
const HANDLEBARS: Rule = Block("{{!--", "--}}");
const HANDLEBARS_TRIMMED: Rule = Block("{{~!--", "--");
const ASP: Rule = Block("<%--", "--%>");
const ERB: Rule = Block("<%#", "%>");

pub(super) static ALL: &[&Language] = &[
    // A file with an HTML extension may be a template of any kind.
    &template(
        "HTML",
        &[
            "html", "htm", "xhtml", "shtml", "ng", "riot", "tag", "marko", "dtl",
        ],
        &[
            // The mark must be closed, because JavaScript has private fields: `{#a = 1`.
            Closed("{#", "#}"),
            COMMENT_TAG,
            HANDLEBARS,
            HANDLEBARS_TRIMMED,
            Block("{{/*", "*/}}"),
            Block("{{- /*", "*/"),
            ASP,
            ERB,
            Block("<#--", "-->"),
        ],
    ),
    &template("Vue, Svelte", &["vue", "svelte", "wxml", "axml"], &[]),
    &template("Astro", &["astro"], &[FrontMatter(&JAVASCRIPT)]),
    &Language::new(
        "PHP",
        &[
            "php", "phtml", "php3", "php4", "php5", "php7", "php8", "phps", "ctp", "module",
            "theme",
        ],
        C,
        &[Code("<?", "?>", &PHP)],
    )
    .within(&HTML),
    &template(
        "Blade",
        &["blade.php"],
        &[
            Block("{{--", "--}}"),
            Region("@php", "@endphp", &PHP),
            Code("<?", "?>", &PHP),
            Region("{{", "}}", &PHP),
            Region("{!!", "!!}", &PHP),
        ],
    ),
    &template(
        "Jinja, Twig, Django",
        &[
            "jinja", "jinja2", "j2", "twig", "njk", "nunjucks", "nunj", "volt", "tera", "swig",
            "askama", "peb", "pebble",
        ],
        &[JINJA, COMMENT_TAG, Tag("#", "")],
    ),
    &template(
        "Liquid",
        &["liquid"],
        &[COMMENT_TAG, Tag("doc", "enddoc"), Tag("#", ""), JINJA],
    ),
    &template(
        "Handlebars, Mustache",
        &[
            "hbs",
            "handlebars",
            "mustache",
            "hogan",
            "hjs",
            "hulk",
            "glimmer",
        ],
        &[
            HANDLEBARS,
            HANDLEBARS_TRIMMED,
            Block("{{!", "}}"),
            Block("{{~!", "}}"),
        ],
    ),
    &template(
        "ERB",
        &["erb", "rhtml", "ecr"],
        &[ERB, Region("<%", "%>", &RUBY), First("%#")],
    ),
    &template(
        "EJS, Eta",
        &["ejs", "eta", "ect", "jst"],
        &[ASP, ERB, Region("<%", "%>", &JAVASCRIPT)],
    ),
    &template(
        "EEx, HEEx",
        &["eex", "leex", "heex"],
        &[Block("<%!--", "--%>"), ERB, Region("<%", "%>", &ELIXIR)],
    ),
    &template(
        "JSP",
        &["jsp", "jspx", "jspf", "tagx", "jte", "gsp"],
        &[ASP, Block("%{--", "--}%"), Region("<%", "%>", &JAVA)],
    ),
    &template(
        "ASP.NET",
        &["aspx", "ascx", "asax", "master", "ashx"],
        &[ASP, Region("<%", "%>", &CSHARP)],
    ),
    &template("ASP", &["asp"], &[ASP, Region("<%", "%>", &VISUAL_BASIC)]),
    &template(
        "Razor",
        &["cshtml", "razor", "vbhtml"],
        &[
            Block("@*", "*@"),
            Block("@{ //", "\n"),
            Block("@{//", "\n"),
            Block("@{ /*", "*/"),
        ],
    ),
    &template(
        "Twirl",
        &["scala.html", "scala.txt", "rs.html"],
        &[Block("@*", "*@")],
    ),
    &template(
        "Velocity",
        &["vm", "vtl", "velocity"],
        &[Block("#*", "*#"), Line("##")],
    ),
    &template(
        "FreeMarker",
        &["ftl", "ftlh", "ftlx", "freemarker"],
        &[
            Block("<#--", "-->"),
            Block("[#--", "--]"),
            Block("<#comment>", "</#comment>"),
        ],
    ),
    &template(
        "Smarty, Latte",
        &["tpl", "smarty", "latte"],
        &[
            Block("{*", "*}"),
            Block("<{*", "*}>"),
            Block("{{*", "*}}"),
            HANDLEBARS,
            Block("{{/*", "*/}}"),
            Block("{{- /*", "*/"),
            JINJA,
            COMMENT_TAG,
            Code("<?", "?>", &PHP),
        ],
    ),
    &template(
        "Mako",
        &["mako", "mao"],
        &[
            Block("<%doc>", "</%doc>"),
            First("##"),
            Region("<%", "%>", &PYTHON),
        ],
    ),
    &template(
        "Mojolicious",
        &["ep", "epl"],
        &[ERB, First("%#"), Region("<%", "%>", &PERL)],
    ),
    &template(
        "Go template",
        &["tmpl", "gohtml", "gotmpl", "gotpl", "tpl.html"],
        &[
            Block("{{/*", "*/}}"),
            Block("{{- /*", "*/"),
            Block("{{ /*", "*/"),
            HANDLEBARS,
            JINJA,
            COMMENT_TAG,
            ASP,
            ERB,
            Region("<%", "%>", &JAVASCRIPT),
        ],
    ),
    &template(
        "ColdFusion",
        &["cfm", "cfml", "cfc"],
        &[Nested("<!---", "--->"), Element("cfscript", &JAVA)],
    ),
    &template("Dust, Qute", &["dust", "qute"], &[Block("{!", "!}")]),
];
