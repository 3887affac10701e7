//! The names among the arguments of a logging call.

use oxc_ast::ast::{
    Argument as Passed, BinaryExpression, Expression, JSXAttributeValue, StringLiteral,
    TemplateLiteral,
};
use oxc_span::GetSpan;
use oxc_syntax::operator::{BinaryOperator, LogicalOperator};

use crate::argument::{Argument, Position, is_one_word, is_passed_over};

/// Returns the names among the arguments of a call.
pub(super) fn names(
    passed: &[Passed<'_>],
    source: &str,
    offset: usize,
    position: Position,
) -> Vec<Argument> {
    let of = |argument: &Passed<'_>| {
        let mut found = Vec::new();
        if let Some(expression) = argument.as_expression() {
            alternatives(expression, offset, &mut found);
        }
        found
    };
    match position {
        Position::Only(place) => passed.get(place).map(of).unwrap_or_default(),
        Position::Any => {
            for (place, argument) in passed.iter().enumerate() {
                let found = of(argument);
                if !found.is_empty() {
                    let is_one = place == 0 || found.iter().all(is_one_word);
                    return if is_one { found } else { Vec::new() };
                }
                let span = argument.span();
                let text = &source.as_bytes()[span.start as usize..span.end as usize];
                if !is_passed_over(text) {
                    break;
                }
            }
            Vec::new()
        }
    }
}

/// Returns the names in the value of an attribute.
pub(super) fn names_of_attribute(value: &JSXAttributeValue<'_>, offset: usize) -> Vec<Argument> {
    let mut found = Vec::new();
    match value {
        JSXAttributeValue::StringLiteral(text) => found.push(constant(text, offset)),
        JSXAttributeValue::ExpressionContainer(container) => {
            if let Some(expression) = container.expression.as_expression() {
                alternatives(expression, offset, &mut found);
            }
        }
        _ => {}
    }
    found
}

/// Adds the strings that an expression can be to `found`, and ignores other alternatives.
fn alternatives(expression: &Expression<'_>, offset: usize, found: &mut Vec<Argument>) {
    match expression.get_inner_expression() {
        Expression::StringLiteral(text) => found.push(constant(text, offset)),
        Expression::TemplateLiteral(template) => found.extend(of_template(template, offset)),
        Expression::BinaryExpression(binary) => found.extend(joined(binary, offset)),
        Expression::ConditionalExpression(conditional) => {
            alternatives(&conditional.consequent, offset, found);
            alternatives(&conditional.alternate, offset, found);
        }
        Expression::LogicalExpression(logical) => {
            if logical.operator != LogicalOperator::And {
                alternatives(&logical.left, offset, found);
            }
            alternatives(&logical.right, offset, found);
        }
        _ => {}
    }
}

fn constant(text: &StringLiteral<'_>, offset: usize) -> Argument {
    Argument::Constant {
        start: offset + text.span.start as usize + 1,
        text: text.value.to_string(),
    }
}

fn of_template(template: &TemplateLiteral<'_>, offset: usize) -> Option<Argument> {
    let start = offset + template.span.start as usize + 1;
    let cooked = |place: usize| template.quasis.get(place).and_then(|it| it.value.cooked);
    let first = cooked(0)?.to_string();
    let last = template.quasis.len().checked_sub(1)?;
    Some(if last == 0 {
        Argument::Constant { start, text: first }
    } else {
        Argument::Dynamic {
            start,
            prefix: first,
            suffix: cooked(last)
                .map(|text| text.to_string())
                .unwrap_or_default(),
        }
    })
}

/// Returns the string that operators `+` join, if it begins with a string.
fn joined(binary: &BinaryExpression<'_>, offset: usize) -> Option<Argument> {
    let mut operands = Vec::new();
    let mut left = binary;
    loop {
        if left.operator != BinaryOperator::Addition {
            return None;
        }
        operands.push(&left.right);
        match left.left.get_inner_expression() {
            Expression::BinaryExpression(inner) => left = inner,
            _ => break,
        }
    }
    operands.push(&left.left);
    let mut joined: Option<Argument> = None;
    for operand in operands.into_iter().rev() {
        let mut pieces = Vec::new();
        if let Expression::StringLiteral(_) | Expression::TemplateLiteral(_) =
            operand.get_inner_expression()
        {
            alternatives(operand, offset, &mut pieces);
        }
        joined = Some(match (joined, pieces.pop()) {
            (None, piece) => piece?,
            (Some(before), piece) => append(before, piece),
        });
    }
    joined
}

/// Appends a string to a name, or an unknown text.
fn append(before: Argument, piece: Option<Argument>) -> Argument {
    match (before, piece) {
        (Argument::Constant { start, text }, Some(Argument::Constant { text: more, .. })) => {
            Argument::Constant {
                start,
                text: text + &more,
            }
        }
        (Argument::Constant { start, text }, Some(Argument::Dynamic { prefix, suffix, .. })) => {
            Argument::Dynamic {
                start,
                prefix: text + &prefix,
                suffix,
            }
        }
        (Argument::Constant { start, text }, None) => Argument::Dynamic {
            start,
            prefix: text,
            suffix: String::new(),
        },
        (
            Argument::Dynamic {
                start,
                prefix,
                suffix,
            },
            Some(Argument::Constant { text, .. }),
        ) => Argument::Dynamic {
            start,
            prefix,
            suffix: suffix + &text,
        },
        (Argument::Dynamic { start, prefix, .. }, other) => Argument::Dynamic {
            start,
            prefix,
            suffix: match other {
                Some(Argument::Dynamic { suffix, .. }) => suffix,
                _ => String::new(),
            },
        },
    }
}
