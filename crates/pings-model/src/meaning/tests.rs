use super::{Part, of, wire_names};
use crate::{
    Capture, Comparison, Expr, ExprKind, Links, Literal, Measure, Metric, Registry, Source,
    SqlCapture, SqlPiece, SqlText, Table, TableId, TableRef, ValueType,
};

fn registry() -> Registry {
    Registry {
        name: "r".to_owned(),
        title: "R".to_owned(),
        summary: None,
        links: Links::default(),
        events: Vec::new(),
        tables: vec![Table {
            name: "shop.item".to_owned(),
            columns: Vec::new(),
        }],
        pings: Vec::new(),
    }
}

/// The text of one part of a metric of that source.
fn part(source: Source, part: Part) -> String {
    let registry = registry();
    let metric = Metric {
        code: "Code".to_owned(),
        title: None,
        note: None,
        source,
    };
    let meaning = of(&registry, &metric, &|event| wire_names(&registry, event));
    let found = meaning.parts.into_iter().find(|(of, _)| *of == part);
    found.map(|(_, text)| text).unwrap_or_default()
}

fn expr(kind: ExprKind) -> Expr {
    Expr {
        kind,
        ty: ValueType::Integer,
    }
}

fn column(qualifier: &str) -> Expr {
    expr(ExprKind::Column {
        table: TableId(0),
        qualifier: qualifier.to_owned(),
        column: "price".to_owned(),
    })
}

fn filtered(alias: Option<&str>, filter: ExprKind) -> String {
    let capture = Capture {
        from: TableRef {
            table: TableId(0),
            alias: alias.map(str::to_owned),
        },
        joins: Vec::new(),
        filter: Some(expr(filter)),
        by: Vec::new(),
        per: None,
        measures: vec![Measure::Count],
    };
    part(Source::Capture(capture), Part::Where)
}

fn compare(op: Comparison, left: Expr, right: Expr) -> ExprKind {
    ExprKind::Compare(op, Box::new(left), Box::new(right))
}

#[test]
fn what_means_the_same_reads_the_same() {
    let three = || expr(ExprKind::Literal(Literal::Integer(3)));
    let less = || compare(Comparison::Less, column("item"), three());
    let turned = compare(Comparison::Greater, three(), column("i"));
    assert_eq!(filtered(None, less()), "shop.item.price < 3");
    assert_eq!(filtered(Some("i"), turned), "shop.item.price < 3");
    let equal = || compare(Comparison::Equal, column("item"), three());
    let and = ExprKind::And(vec![expr(less()), expr(equal())]);
    let dna = ExprKind::And(vec![expr(equal()), expr(less())]);
    assert_eq!(filtered(None, and), filtered(None, dna));
    let or = ExprKind::Or(vec![expr(less()), expr(equal())]);
    assert_eq!(
        filtered(None, ExprKind::Not(Box::new(expr(or)))),
        "NOT ((shop.item.price < 3) OR (shop.item.price = 3))"
    );
}

fn statement(text: &str) -> String {
    let sql = || SqlText(vec![SqlPiece::Text(text.to_owned()), SqlPiece::WeekStart]);
    let capture = SqlCapture {
        postgres: sql(),
        sqlite: sql(),
        columns: Vec::new(),
    };
    part(Source::Sql(capture), Part::Postgres)
}

#[test]
fn layout_and_case_of_hand_written_sql_are_nothing_but_inside_quotes() {
    let written = "SELECT a  AS \"A b\", 'It''s  X', $q$ Z  z $q$ -- why\n FROM T /* and\n how */ WHERE a>=";
    assert_eq!(
        statement(written),
        "select a as \"A b\" , 'It' 's  X' , $q$ Z  z $q$ from t where a > = :week_start"
    );
    assert_eq!(statement("select   A>="), statement("SELECT a\n >="));
    assert_ne!(statement("select 'a  b' >"), statement("select 'a b' >"));
    assert_ne!(statement("select 'A' >"), statement("select 'a' >"));
    assert_ne!(statement(r"select E'\'A' >"), statement(r"select E'\'a' >"));
    assert_eq!(statement("select é$1 >"), "select é$1 > :week_start");
}
