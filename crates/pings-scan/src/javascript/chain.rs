//! Chains of members: `pings.insightHover`, `(await import('pings'))['insightHover']`.

use oxc_ast::ast::{
    ChainElement, ComputedMemberExpression, Expression, MemberExpression, StaticMemberExpression,
};

/// The members of an expression by name.
pub(super) struct Chain<'e, 'a> {
    /// The expression before the first member.
    pub(super) base: &'e Expression<'a>,
    /// The names of the members with their positions, the last first.
    members: Vec<(u32, &'e str)>,
}

impl<'e, 'a> Chain<'e, 'a> {
    /// Reads a chain from its last member to its base, so that each member is read once.
    pub(super) fn new(expression: &'e Expression<'a>) -> Self {
        let mut chain = Self {
            base: expression,
            members: Vec::new(),
        };
        while let Some(object) = chain.object() {
            chain.base = object;
        }
        chain
    }

    /// Reads the chain that ends with a member.
    pub(super) fn of_static(member: &'e StaticMemberExpression<'a>) -> Self {
        let mut chain = Self::new(&member.object);
        chain.members.insert(0, name(member));
        chain
    }

    /// Reads the chain that ends with a member, or returns `None` if its name is not a string.
    pub(super) fn of_computed(member: &'e ComputedMemberExpression<'a>) -> Option<Self> {
        let last = computed_name(member)?;
        let mut chain = Self::new(&member.object);
        chain.members.insert(0, last);
        Some(chain)
    }

    /// Returns the names of the members with their positions, the first first.
    pub(super) fn members(&self) -> impl Iterator<Item = (u32, &'e str)> {
        self.members.iter().rev().copied()
    }

    /// Returns the expression before the member that the base is, and adds that member.
    fn object(&mut self) -> Option<&'e Expression<'a>> {
        match self.base {
            Expression::StaticMemberExpression(member) => {
                self.members.push(name(member));
                Some(&member.object)
            }
            Expression::ComputedMemberExpression(member) => {
                self.members.push(computed_name(member)?);
                Some(&member.object)
            }
            Expression::ChainExpression(chain) => match &chain.expression {
                ChainElement::TSNonNullExpression(inner) => Some(&inner.expression),
                ChainElement::CallExpression(_) => None,
                element => match element.as_member_expression()? {
                    MemberExpression::StaticMemberExpression(member) => {
                        self.members.push(name(member));
                        Some(&member.object)
                    }
                    MemberExpression::ComputedMemberExpression(member) => {
                        self.members.push(computed_name(member)?);
                        Some(&member.object)
                    }
                    MemberExpression::PrivateFieldExpression(_) => None,
                },
            },
            Expression::AwaitExpression(awaited) => Some(&awaited.argument),
            other => {
                let inner = other.get_inner_expression();
                (!std::ptr::eq(inner, other)).then_some(inner)
            }
        }
    }
}

fn name<'e>(member: &'e StaticMemberExpression<'_>) -> (u32, &'e str) {
    let property = &member.property;
    (property.span.start, property.name.as_str())
}

fn computed_name<'e>(member: &'e ComputedMemberExpression<'_>) -> Option<(u32, &'e str)> {
    match &member.expression {
        Expression::StringLiteral(name) => Some((name.span.start + 1, name.value.as_str())),
        _ => None,
    }
}
