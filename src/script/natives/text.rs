//! Texts: what Rhai lacks, and what it does in place, done to a copy that is returned.

use crate::{
    error::{Error, Result},
    script::{
        native::{Thrown, native},
        throw::into_script,
    },
};
use percent_encoding::{NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use regex::Regex;
use rhai::{Array, Dynamic, Engine, FLOAT, INT, ImmutableString, Map};
use std::{cell::RefCell, collections::HashMap};

type Text = ImmutableString;

/// The longest text that `repeat` makes, in bytes.
const LONGEST: usize = 1 << 28;

/// Registers them.
pub(super) fn register(engine: &mut Engine) {
    changes(engine);
    numbers(engine);
    patterns(engine);
    encodings(engine);
}

fn changes(engine: &mut Engine) {
    native(
        engine,
        "trim",
        &["this: string"],
        "/// Returns the text without blanks at both ends.",
        |s: &mut Text| -> Thrown<Text> { Ok(s.trim().into()) },
    );
    native(
        engine,
        "replace",
        &["this: string", "from: string", "to: string"],
        "/// Returns the text with every `from` replaced by `to`.",
        |s: &mut Text, from: Text, to: Text| -> Thrown<Text> { Ok(s.replace(from.as_str(), &to).into()) },
    );
    native(
        engine,
        "repeat",
        &["this: string", "times: int"],
        "/// Returns the text `times` times over.",
        |s: &mut Text, times: INT| repeat(s, times).map_err(into_script),
    );
    native(engine, "lines", &["this: string"], "/// Returns the lines of the text.", |s: &mut Text| -> Thrown<Array> {
        Ok(s.lines().map(std::convert::Into::into).collect())
    });
    native(
        engine,
        "pad_left",
        &["this: string", "width: int"],
        "/// Returns the text with blanks in front, `width` characters wide.",
        |s: &mut Text, width: INT| -> Thrown<Text> { Ok(format!("{s:>0$}", columns(width)).into()) },
    );
    native(
        engine,
        "pad_right",
        &["this: string", "width: int"],
        "/// Returns the text with blanks behind, `width` characters wide.",
        |s: &mut Text, width: INT| -> Thrown<Text> { Ok(format!("{s:<0$}", columns(width)).into()) },
    );
    native(
        engine,
        "shorten",
        &["this: string", "width: int"],
        "/// Returns the text cut to `width` characters, with … where it was cut.",
        |s: &mut Text, width: INT| -> Thrown<Text> {
            let width = columns(width);
            Ok(if s.chars().count() <= width {
                s.clone()
            } else {
                s.chars().take(width.saturating_sub(1)).chain(['…']).collect::<String>().into()
            })
        },
    );
}

/// A width on a page; nothing wider makes sense.
fn columns(width: INT) -> usize {
    usize::try_from(width).unwrap_or(0).min(10_000)
}

fn repeat(text: &str, times: INT) -> Result<Text> {
    let times = usize::try_from(times)
        .map_err(|_| Error::client(format_args!("repeat({times}): it cannot be repeated less than no times")))?;
    match text.len().checked_mul(times) {
        Some(length) if length <= LONGEST => Ok(text.repeat(times).into()),
        _ => Err(Error::client(format_args!("repeat({times}) would make a text of more than {LONGEST} bytes"))),
    }
}

fn numbers(engine: &mut Engine) {
    native(
        engine,
        "to_int",
        &["this: string"],
        "/// Reads the text as a whole number.",
        |s: &mut Text| -> Thrown<INT> {
            s.trim().parse().map_err(|_| into_script(Error::client(format_args!("\"{s}\" is not a whole number"))))
        },
    );
    native(engine, "to_float", &["this: string"], "/// Reads the text as a number.", |s: &mut Text| -> Thrown<FLOAT> {
        let number = s.trim().parse::<FLOAT>().ok().filter(|n| n.is_finite());
        number.ok_or_else(|| into_script(Error::client(format_args!("\"{s}\" is not a number"))))
    });
    native(
        engine,
        "format",
        &["this: float", "decimals: int"],
        "/// Writes the number with so many decimals and thousands set apart: 1,234.50.",
        |n: &mut FLOAT, decimals: INT| -> Thrown<Text> { Ok(grouped(&format!("{n:.0$}", columns(decimals))).into()) },
    );
    native(
        engine,
        "format",
        &["this: int"],
        "/// Writes the number with thousands set apart: 1,234.",
        |n: &mut INT| -> Thrown<Text> { Ok(grouped(&n.to_string()).into()) },
    );
}

fn grouped(number: &str) -> String {
    let (sign, number) = number.strip_prefix('-').map_or(("", number), |rest| ("-", rest));
    let (whole, decimals) = number.split_once('.').map_or((number, String::new()), |(w, d)| (w, format!(".{d}")));
    let digits: Vec<char> = whole.chars().collect();
    let groups: Vec<String> = digits.rchunks(3).rev().map(|group| group.iter().collect()).collect();
    format!("{sign}{}{decimals}", groups.join(","))
}

/// Compiles a pattern once.
fn regex(pattern: &str) -> Thrown<Regex> {
    thread_local!(static KNOWN: RefCell<HashMap<String, Regex>> = RefCell::default());
    if let Some(regex) = KNOWN.with_borrow(|known| known.get(pattern).cloned()) {
        return Ok(regex);
    }
    let made = Regex::new(pattern).map_err(|e| {
        let why = e.to_string().lines().last().unwrap_or_default().trim_start_matches("error: ").to_owned();
        into_script(Error::client(format_args!("the pattern \"{pattern}\" is not valid: {why}")))
    })?;
    KNOWN.with_borrow_mut(|known| known.insert(pattern.to_owned(), made.clone()));
    Ok(made)
}

fn captures(regex: &Regex, text: &str) -> Dynamic {
    let Some(found) = regex.captures(text) else { return Dynamic::UNIT };
    let value = |group: Option<regex::Match<'_>>| group.map_or(Dynamic::UNIT, |m| m.as_str().into());
    let mut map: Map = found.iter().enumerate().map(|(i, group)| (i.to_string().into(), value(group))).collect();
    map.extend(regex.capture_names().flatten().map(|name| (name.into(), value(found.name(name)))));
    map.into()
}

fn patterns(engine: &mut Engine) {
    native(
        engine,
        "matches",
        &["this: string", "pattern: string"],
        "/// Says whether the regular expression fits somewhere in the text.",
        |s: &mut Text, p: Text| -> Thrown<bool> { Ok(regex(&p)?.is_match(s)) },
    );
    native(
        engine,
        "find",
        &["this: string", "pattern: string"],
        "/// Returns the first place that the regular expression fits, or ().",
        |s: &mut Text, p: Text| -> Thrown<Dynamic> {
            Ok(regex(&p)?.find(s).map_or(Dynamic::UNIT, |found| found.as_str().into()))
        },
    );
    native(
        engine,
        "find_all",
        &["this: string", "pattern: string"],
        "/// Returns every place that the regular expression fits.",
        |s: &mut Text, p: Text| -> Thrown<Array> {
            Ok(regex(&p)?.find_iter(s).map(|found| found.as_str().into()).collect())
        },
    );
    native(
        engine,
        "captures",
        &["this: string", "pattern: string"],
        "/// Returns the groups of the first fit by number and name, or ().",
        |s: &mut Text, p: Text| -> Thrown<Dynamic> { Ok(captures(&regex(&p)?, s)) },
    );
    native(
        engine,
        "replace_regex",
        &["this: string", "pattern: string", "to: string"],
        "/// Returns the text with every fit replaced; $1 and ${name} are its groups.",
        |s: &mut Text, p: Text, to: Text| -> Thrown<Text> {
            Ok(regex(&p)?.replace_all(s, to.as_str()).as_ref().into())
        },
    );
    native(
        engine,
        "split_regex",
        &["this: string", "pattern: string"],
        "/// Splits the text where the regular expression fits.",
        |s: &mut Text, p: Text| -> Thrown<Array> { Ok(regex(&p)?.split(s).map(std::convert::Into::into).collect()) },
    );
}

fn encodings(engine: &mut Engine) {
    use base64::{Engine as _, engine::general_purpose::STANDARD};
    let utf8 = |what: &str, bytes: Vec<u8>| {
        String::from_utf8(bytes).map_err(|_| into_script(Error::client(format_args!("{what} gives no UTF-8 text"))))
    };
    native(
        engine,
        "encode_uri",
        &["this: string"],
        "/// Percent-encodes the text for one part of an address.",
        |s: &mut Text| -> Thrown<Text> { Ok(utf8_percent_encode(s, NON_ALPHANUMERIC).to_string().into()) },
    );
    native(
        engine,
        "decode_uri",
        &["this: string"],
        "/// Undoes percent-encoding.",
        move |s: &mut Text| -> Thrown<String> { utf8("decode_uri()", percent_decode_str(s).collect()) },
    );
    native(
        engine,
        "encode_base64",
        &["this: string"],
        "/// Writes the text's UTF-8 bytes as base64.",
        |s: &mut Text| -> Thrown<String> { Ok(STANDARD.encode(s.as_bytes())) },
    );
    native(
        engine,
        "decode_base64",
        &["this: string"],
        "/// Reads base64 that holds UTF-8 text.",
        move |s: &mut Text| -> Thrown<String> {
            let bytes = STANDARD
                .decode(s.trim())
                .map_err(|_| into_script(Error::client("decode_base64(): this is not base64")))?;
            utf8("decode_base64()", bytes)
        },
    );
}
