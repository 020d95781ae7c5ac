//! Java's property files: `key = value`, with comments, continued lines and escapes.

use crate::error::{Error, Result};
use std::{iter::Peekable, str::Chars};

/// Reads the pairs in their order.
pub(super) fn read(text: &str) -> Result<Vec<(String, String)>> {
    logical(text).into_iter().map(|(number, line)| pair(&line).map_err(|why| wrong(number, &why))).collect()
}

/// Makes the error of a line.
pub(super) fn wrong(number: usize, why: &str) -> Box<Error> {
    Error::client(format_args!("line {number}: {why}"))
}

/// Joins continued lines; returns each line that holds something with the number of its first one.
fn logical(text: &str) -> Vec<(usize, String)> {
    let mut found = Vec::new();
    let mut open: Option<(usize, String)> = None;
    for (index, line) in text.lines().enumerate() {
        let line = line.trim_start();
        if open.is_none() && (line.is_empty() || line.starts_with(['#', '!'])) {
            continue;
        }
        let (number, mut whole) = open.take().unwrap_or((index + 1, String::new()));
        let slashes = line.chars().rev().take_while(|c| *c == '\\').count();
        if slashes % 2 == 1 {
            whole.push_str(&line[..line.len() - 1]);
            open = Some((number, whole));
        } else {
            whole.push_str(line);
            found.push((number, whole));
        }
    }
    found.extend(open);
    found
}

/// Splits a line at its first `=`, `:` or blank that is not escaped.
fn pair(line: &str) -> std::result::Result<(String, String), String> {
    let mut letters = line.chars().peekable();
    let mut key = String::new();
    while let Some(c) = letters.next_if(|c| !matches!(c, '=' | ':' | ' ' | '\t' | '\x0C')) {
        key.push(if c == '\\' { escaped(&mut letters)? } else { c });
    }
    let blank = |c: &char| matches!(c, ' ' | '\t' | '\x0C');
    while letters.next_if(blank).is_some() {}
    if letters.next_if(|c| matches!(c, '=' | ':')).is_some() {
        while letters.next_if(blank).is_some() {}
    }
    let mut value = String::new();
    while let Some(c) = letters.next() {
        value.push(if c == '\\' { escaped(&mut letters)? } else { c });
    }
    Ok((key, value))
}

/// Reads what follows a backslash.
fn escaped(letters: &mut Peekable<Chars>) -> std::result::Result<char, String> {
    match letters.next() {
        Some('t') => Ok('\t'),
        Some('n') => Ok('\n'),
        Some('r') => Ok('\r'),
        Some('f') => Ok('\x0C'),
        Some('u') => {
            let code: String = letters.take(4).collect();
            let letter = u32::from_str_radix(&code, 16).ok().filter(|_| code.len() == 4).and_then(char::from_u32);
            letter.ok_or_else(|| "\\u needs four hexadecimal digits of a letter".to_owned())
        }
        Some(c) => Ok(c),
        None => Err("it ends in the middle of an escape".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(text: &str) -> Vec<(String, String)> {
        read(text).unwrap()
    }

    fn one(text: &str) -> (String, String) {
        pairs(text).remove(0)
    }

    #[test]
    fn keys_end_at_the_first_separator() {
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        for text in ["a=b c", "a = b c", "a: b c", "a b c", "  a\t:\tb c", "a   =b c"] {
            assert_eq!(one(text), pair("a", "b c"), "{text:?}");
        }
        assert_eq!(one("a=b=c"), pair("a", "b=c"));
        assert_eq!(one("a\\=\\:\\ b=c"), pair("a=: b", "c"));
        assert_eq!(one("a"), pair("a", ""));
        assert_eq!(one("a=\\u00fc\\t\\\\ \\q"), pair("a", "ü\t\\ q"));
    }

    #[test]
    fn comments_and_blank_lines_are_passed_over_and_lines_continued() {
        let text = "# one\n\n ! two\na = b \\\n    c\\\\\\\n  d\n#e\nf=\\\n# no comment\n";
        let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        assert_eq!(pairs(text), [pair("a", "b c\\d"), pair("f", "# no comment")]);
    }

    #[test]
    fn bad_escapes_are_told_with_their_line() {
        let error = read("\n\na=\\u12").unwrap_err();
        assert_eq!(error.message, "Client error: line 3: \\u needs four hexadecimal digits of a letter");
        assert!(read("a=\\ud800").is_err());
        assert!(read("a=b\\").is_ok(), "the last line may promise more");
    }
}
