//! From text to a tree.

/// A comparison.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Op {
    Is,
    IsNot,
    Has,
    HasNot,
    Below,
    BelowOrIs,
    Above,
    AboveOrIs,
}

impl Op {
    /// Returns the sign.
    pub(super) fn sign(self) -> &'static str {
        match self {
            Op::Is => "=",
            Op::IsNot => "!=",
            Op::Has => "~",
            Op::HasNot => "!~",
            Op::Below => "<",
            Op::BelowOrIs => "<=",
            Op::Above => ">",
            Op::AboveOrIs => ">=",
        }
    }
}

/// One value of a condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Value {
    Empty,
    Text(String),
    Function(String, Vec<String>),
}

/// A condition.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Node {
    And(Vec<Node>),
    Or(Vec<Node>),
    Not(Box<Node>),
    /// Field, comparison, values; with `in` there may be several.
    Clause(String, Op, Vec<Value>),
}

/// A query.
#[derive(Debug, Default)]
pub(super) struct Query {
    pub condition: Option<Node>,
    /// Field, and whether it goes up.
    pub order: Vec<(String, bool)>,
}

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Quoted(String),
    Sign(&'static str),
}

/// How deep parentheses may go.
const DEPTH: usize = 60;
const SIGNS: [&str; 15] = ["!=", "!~", "<=", ">=", "&&", "||", "=", "~", "<", ">", "(", ")", ",", "!", ";"];

/// Parses a query.
pub(super) fn parse(text: &str) -> Result<Query, String> {
    let tokens = tokens(text)?;
    let mut parser = Parser { tokens, at: 0, depth: 0 };
    let mut query = Query::default();
    if !parser.done() && !parser.is_word("order") {
        query.condition = Some(parser.either()?);
    }
    if parser.take_word("order") {
        if !parser.take_word("by") {
            return Err(parser.expected("'by'"));
        }
        query.order = parser.order()?;
    }
    if !parser.done() {
        let text = format!("Error in the JQL Query: Expecting either 'OR' or 'AND' but got '{}'.", parser.peek_text());
        return Err(format!("{text} (line 1, character {})", parser.at + 1));
    }
    Ok(query)
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        if first == '"' || first == '\'' {
            let (inner, after) = quoted(&rest[1..], first).ok_or_else(|| {
                format!("Error in the JQL Query: The quoted string '{}' has not been completed.", &rest[1..])
            })?;
            tokens.push(Token::Quoted(inner));
            rest = after;
        } else if let Some(sign) = SIGNS.iter().find(|s| rest.starts_with(**s)) {
            tokens.push(Token::Sign(sign));
            rest = &rest[sign.len()..];
        } else {
            let end = rest.find(|c: char| c.is_whitespace() || "=!~<>(),;&|\"'".contains(c)).unwrap_or(rest.len());
            // A single '&' or '|' is none of the signs.
            let end = end.max(first.len_utf8());
            tokens.push(Token::Word(rest[..end].to_owned()));
            rest = &rest[end..];
        }
        rest = rest.trim_start();
    }
    Ok(tokens)
}

fn quoted(text: &str, quote: char) -> Option<(String, &str)> {
    let mut inner = String::new();
    let mut chars = text.char_indices();
    while let Some((at, c)) = chars.next() {
        match c {
            '\\' => match chars.next()?.1 {
                'n' => inner.push('\n'),
                't' => inner.push('\t'),
                other => inner.push(other),
            },
            _ if c == quote => return Some((inner, &text[at + 1..])),
            _ => inner.push(c),
        }
    }
    None
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
}

impl Parser {
    fn done(&self) -> bool {
        self.at >= self.tokens.len()
    }

    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn peek_text(&self) -> String {
        match self.peek() {
            None => "<EOF>".into(),
            Some(Token::Word(text) | Token::Quoted(text)) => text.clone(),
            Some(Token::Sign(sign)) => (*sign).into(),
        }
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.peek(), Some(Token::Word(text)) if text.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let found = self.is_word(word);
        self.at += usize::from(found);
        found
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.peek(), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn expected(&self, what: &str) -> String {
        let got = self.peek_text();
        match self.done() {
            true => format!("Error in the JQL Query: Expecting {what} before the end of the query."),
            false => {
                format!("Error in the JQL Query: Expecting {what} but got '{got}'. (line 1, character {})", self.at + 1)
            }
        }
    }

    fn either(&mut self) -> Result<Node, String> {
        let mut nodes = vec![self.both()?];
        while self.take_word("or") || self.take_sign("||") {
            nodes.push(self.both()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::Or(nodes) })
    }

    fn both(&mut self) -> Result<Node, String> {
        let mut nodes = vec![self.unit()?];
        while self.take_word("and") || self.take_sign("&&") {
            nodes.push(self.unit()?);
        }
        Ok(if nodes.len() == 1 { nodes.remove(0) } else { Node::And(nodes) })
    }

    fn unit(&mut self) -> Result<Node, String> {
        self.depth += 1;
        if self.depth > DEPTH {
            return Err("The JQL query is nested too deeply.".into());
        }
        let node = if self.take_word("not") || self.take_sign("!") {
            Node::Not(Box::new(self.unit()?))
        } else if self.take_sign("(") {
            let node = self.either()?;
            if !self.take_sign(")") {
                return Err(self.expected("')'"));
            }
            node
        } else {
            self.clause()?
        };
        self.depth -= 1;
        Ok(node)
    }

    fn text(&mut self, what: &str) -> Result<String, String> {
        match self.peek() {
            Some(Token::Word(text) | Token::Quoted(text)) => {
                let text = text.clone();
                self.at += 1;
                Ok(text)
            }
            _ => Err(self.expected(what)),
        }
    }

    fn clause(&mut self) -> Result<Node, String> {
        let field = self.text("a field name")?;
        let signs = [
            ("=", Op::Is),
            ("!=", Op::IsNot),
            ("~", Op::Has),
            ("!~", Op::HasNot),
            ("<=", Op::BelowOrIs),
            (">=", Op::AboveOrIs),
            ("<", Op::Below),
            (">", Op::Above),
        ];
        if let Some((_, op)) = signs.into_iter().find(|(sign, _)| self.take_sign(sign)) {
            return Ok(Node::Clause(field, op, vec![self.value()?]));
        }
        if self.take_word("is") {
            let op = if self.take_word("not") { Op::IsNot } else { Op::Is };
            let value = self.value()?;
            return match value {
                Value::Empty => Ok(Node::Clause(field, op, vec![value])),
                _ => Err(format!("The operator 'is' can only be used with EMPTY or NULL for the field '{field}'.")),
            };
        }
        let negated = self.take_word("not");
        if self.take_word("in") {
            let op = if negated { Op::IsNot } else { Op::Is };
            return Ok(Node::Clause(field, op, self.values()?));
        }
        Err(self.no_operator())
    }

    fn no_operator(&self) -> String {
        let valid =
            "The valid operators are '=', '!=', '<', '>', '<=', '>=', '~', '!~', 'IN', 'NOT IN', 'IS' and 'IS NOT'.";
        match self.done() {
            true => format!("Error in the JQL Query: Expecting operator before the end of the query. {valid}"),
            false => format!(
                "Error in the JQL Query: Expecting operator but got '{}'. {valid} (line 1, character {})",
                self.peek_text(),
                self.at + 1
            ),
        }
    }

    fn values(&mut self) -> Result<Vec<Value>, String> {
        if !self.take_sign("(") {
            // A function may stand for a list.
            return match self.value()? {
                value @ Value::Function(..) => Ok(vec![value]),
                _ => Err(self.expected("'('")),
            };
        }
        let mut values = vec![self.value()?];
        while self.take_sign(",") {
            values.push(self.value()?);
        }
        if self.take_sign(")") { Ok(values) } else { Err(self.expected("')' or ','")) }
    }

    fn value(&mut self) -> Result<Value, String> {
        if self.take_word("empty") || self.take_word("null") {
            return Ok(Value::Empty);
        }
        let text = self.text("a value, list or function")?;
        if !self.take_sign("(") {
            return Ok(Value::Text(text));
        }
        let mut args = Vec::new();
        while !self.take_sign(")") {
            args.push(self.text("a function argument")?);
            if !self.take_sign(",") && !matches!(self.peek(), Some(Token::Sign(")"))) {
                return Err(self.expected("')' or ','"));
            }
        }
        Ok(Value::Function(text, args))
    }

    fn order(&mut self) -> Result<Vec<(String, bool)>, String> {
        let mut order = Vec::new();
        loop {
            let field = self.text("a field name")?;
            let up = self.take_word("asc") || !self.take_word("desc");
            order.push((field, up));
            if !self.take_sign(",") {
                return Ok(order);
            }
        }
    }
}
