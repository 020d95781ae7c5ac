//! From text to a query.

use super::{Clause, Filter, Query};

/// Fields that there are.
const FIELDS: [&str; 20] = [
    "ancestor",
    "parent",
    "container",
    "content",
    "id",
    "created",
    "creator",
    "contributor",
    "label",
    "lastmodified",
    "macro",
    "mention",
    "space",
    "space.key",
    "space.title",
    "space.type",
    "text",
    "title",
    "type",
    "watcher",
];
/// Names of fields that mean another one.
const OTHER_NAMES: [(&str, &str); 1] = [("sitesearch", "text")];
/// What `type` may be.
const TYPES: [&str; 6] = ["space", "user", "page", "blogpost", "comment", "attachment"];

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Word(String),
    Text(String),
    Sign(String),
}

fn tokens(text: &str) -> Result<Vec<Token>, String> {
    let mut out = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let taken = match first {
            '"' | '\'' => {
                let (value, taken) = quoted(rest, first)?;
                out.push(Token::Text(value));
                taken
            }
            '(' | ')' | ',' => {
                out.push(Token::Sign(first.to_string()));
                1
            }
            c if "=!~<>".contains(c) => {
                let end = rest.find(|c| !"=!~<>".contains(c)).unwrap_or(rest.len());
                out.push(Token::Sign(rest[..end].to_owned()));
                end
            }
            _ => {
                let end = rest.find(|c: char| c.is_whitespace() || "()=!~<>,\"'".contains(c)).unwrap_or(rest.len());
                out.push(Token::Word(rest[..end].to_owned()));
                end
            }
        };
        rest = rest[taken..].trim_start();
    }
    Ok(out)
}

fn quoted(text: &str, mark: char) -> Result<(String, usize), String> {
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            _ if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' => escaped = true,
            c if c == mark => return Ok((value, at + 1)),
            c => value.push(c),
        }
    }
    Err(format!("Could not parse cql : {text}"))
}

/// Reads a whole query.
pub(super) fn query(text: &str) -> Result<Query, String> {
    let mut reader = Reader { tokens: tokens(text)?, at: 0, text };
    let filter = if reader.is_word("order") || reader.tokens.is_empty() { None } else { Some(reader.any()?) };
    let mut order = Vec::new();
    if reader.take_word("order") {
        reader.word("by")?;
        loop {
            let field = reader.name()?;
            let down = reader.take_word("desc");
            reader.take_word("asc");
            order.push((field, down));
            if !reader.take_sign(",") {
                break;
            }
        }
    }
    if reader.at < reader.tokens.len() {
        return Err(reader.fault());
    }
    Ok(Query { filter, order })
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    text: &'a str,
}

impl Reader<'_> {
    fn fault(&self) -> String {
        format!("Could not parse cql : {}", self.text)
    }

    fn is_word(&self, word: &str) -> bool {
        matches!(self.tokens.get(self.at), Some(Token::Word(own)) if own.eq_ignore_ascii_case(word))
    }

    fn take_word(&mut self, word: &str) -> bool {
        let fits = self.is_word(word);
        self.at += usize::from(fits);
        fits
    }

    fn word(&mut self, word: &str) -> Result<(), String> {
        if self.take_word(word) { Ok(()) } else { Err(self.fault()) }
    }

    fn take_sign(&mut self, sign: &str) -> bool {
        let fits = matches!(self.tokens.get(self.at), Some(Token::Sign(own)) if own == sign);
        self.at += usize::from(fits);
        fits
    }

    fn any(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.all()?];
        while self.take_word("or") {
            parts.push(self.all()?);
        }
        Ok(Filter::Any(parts))
    }

    fn all(&mut self) -> Result<Filter, String> {
        let mut parts = vec![self.one()?];
        while self.take_word("and") {
            parts.push(self.one()?);
        }
        Ok(Filter::All(parts))
    }

    fn one(&mut self) -> Result<Filter, String> {
        if self.take_word("not") {
            return Ok(Filter::Not(Box::new(self.one()?)));
        }
        if self.take_sign("(") {
            let inner = self.any()?;
            return if self.take_sign(")") { Ok(inner) } else { Err(self.fault()) };
        }
        self.clause().map(Filter::Is)
    }

    fn name(&mut self) -> Result<String, String> {
        let Some(Token::Word(name)) = self.tokens.get(self.at) else { return Err(self.fault()) };
        let name = name.to_lowercase();
        let name = OTHER_NAMES.iter().find(|(other, _)| *other == name).map_or(name, |(_, real)| (*real).to_owned());
        self.at += 1;
        if FIELDS.contains(&name.as_str()) {
            return Ok(name);
        }
        Err(format!("No field exists with name: {name}"))
    }

    fn clause(&mut self) -> Result<Clause, String> {
        let field = self.name()?;
        let operator = self.operator()?;
        let values = if operator.ends_with("in") { self.list()? } else { vec![self.value()?] };
        let clause = Clause { field, operator, values };
        let bad = clause.values.iter().find(|v| !TYPES.contains(&v.to_lowercase().as_str()));
        match bad.filter(|_| clause.field == "type") {
            None => Ok(clause),
            Some(bad) => {
                let known = TYPES.join(", ");
                Err(format!("Unsupported value for type, got : {bad}, expected one of : [{known}]"))
            }
        }
    }

    fn operator(&mut self) -> Result<String, String> {
        if self.take_word("in") {
            return Ok("in".into());
        }
        if self.take_word("not") {
            self.word("in")?;
            return Ok("not in".into());
        }
        let known = ["=", "!=", "~", "!~", "<", "<=", ">", ">="];
        match self.tokens.get(self.at).cloned() {
            Some(Token::Sign(sign)) if known.contains(&sign.as_str()) => {
                self.at += 1;
                Ok(sign)
            }
            _ => Err(self.fault()),
        }
    }

    fn list(&mut self) -> Result<Vec<String>, String> {
        if !self.take_sign("(") {
            return Err(self.fault());
        }
        let mut values = vec![self.value()?];
        while self.take_sign(",") {
            values.push(self.value()?);
        }
        if self.take_sign(")") { Ok(values) } else { Err(self.fault()) }
    }

    /// Reads a value; a function becomes `name()` or `name(argument)`.
    fn value(&mut self) -> Result<String, String> {
        let token = self.tokens.get(self.at).cloned();
        self.at += 1;
        let word = match token {
            Some(Token::Text(text)) => return Ok(text),
            Some(Token::Word(word)) => word,
            _ => return Err(self.fault()),
        };
        if !self.take_sign("(") {
            return Ok(word);
        }
        let argument = if self.take_sign(")") {
            return Ok(format!("{word}()"));
        } else {
            self.value()?
        };
        if self.take_sign(")") { Ok(format!("{word}({argument})")) } else { Err(self.fault()) }
    }
}
