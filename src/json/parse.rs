//! Text to [`Json`], in one pass, by `serde_json`'s reader and visitors of ours.

use super::{Json, Object, tape::Tape};
use crate::error::{Error, Result};
use serde::de::{DeserializeSeed, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use std::{collections::HashMap, collections::HashSet, fmt, sync::Arc};

/// The key under which `serde_json` hands over a number's own text (its feature `arbitrary_precision`).
const NUMBER_KEY: &str = "$serde_json::private::Number";

/// What a document is refused with that uses [`NUMBER_KEY`] for something else.
const NO_NUMBER: &str = "a number of an unknown form";

/// Objects with more members than this are checked for duplicate keys by hash.
const FEW: usize = 16;

/// Reads one JSON value.
///
/// Refuses what is not JSON, more than 128 levels of nesting, and lone surrogates, each as a client error that
/// names line and column.
pub fn parse(text: &[u8]) -> Result<Json> {
    // Some servers put a byte order mark in front; RFC 8259 lets a reader ignore it.
    let text = text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text);
    match std::str::from_utf8(text) {
        Ok(text) => read(serde_json::Deserializer::from_str(text)),
        // This reader says where it is wrong.
        Err(_) => read(serde_json::Deserializer::from_slice(text)),
    }
}

fn read<'de>(mut reader: serde_json::Deserializer<impl serde_json::de::Read<'de>>) -> Result<Json> {
    let value = Node { below: false }.deserialize(&mut reader).and_then(|json| reader.end().map(|()| json));
    value.map_err(|e| Error::client(format_args!("this is not valid JSON: {}", plain(&e))))
}

/// Puts the reader's complaint in plain words.
fn plain(e: &serde_json::Error) -> String {
    let text = e.to_string();
    if text.starts_with("recursion limit exceeded") {
        return text.replacen("recursion limit exceeded", "nested more than 128 levels deep", 1);
    }
    text
}

/// Reads one value. The top level becomes members and items, an object below it a tape.
#[derive(Clone, Copy)]
struct Node {
    below: bool,
}

impl<'de> DeserializeSeed<'de> for Node {
    type Value = Json;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<Json, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Node {
    type Value = Json;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<Json, E> {
        Ok(Json::Null)
    }

    fn visit_bool<E>(self, truth: bool) -> std::result::Result<Json, E> {
        Ok(Json::Bool(truth))
    }

    fn visit_i64<E>(self, int: i64) -> std::result::Result<Json, E> {
        Ok(Json::Int(int))
    }

    fn visit_u64<E>(self, int: u64) -> std::result::Result<Json, E> {
        Ok(i64::try_from(int).map_or_else(|_| Json::Exact(int.to_string().into()), Json::Int))
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<Json, E> {
        Ok(Json::Text(text.into()))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<Json, A::Error> {
        let mut out = Vec::new();
        while let Some(item) = items.next_element_seed(Node { below: true })? {
            out.push(item);
        }
        out.shrink_to_fit();
        Ok(out.into())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<Json, A::Error> {
        if self.below {
            let mut tape = Tape::default();
            Marks(&mut tape).visit_map(entries)?;
            return tape.into_json().map_err(A::Error::custom);
        }
        let mut members = Vec::new();
        while let Some(key) = entries.next_key::<String>()? {
            if members.is_empty() && key == NUMBER_KEY {
                let text: String = entries.next_value()?;
                return number_of(&text).ok_or_else(|| A::Error::custom(NO_NUMBER));
            }
            members.push((key.into(), entries.next_value_seed(Node { below: true })?));
        }
        members.shrink_to_fit();
        Ok(Json::Object(Object::from_members(members)))
    }
}

/// Writes one value onto a tape.
struct Marks<'a>(&'a mut Tape);

impl<'de> DeserializeSeed<'de> for Marks<'_> {
    type Value = ();

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> std::result::Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Marks<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_unit<E>(self) -> std::result::Result<(), E> {
        self.0.null();
        Ok(())
    }

    fn visit_bool<E>(self, truth: bool) -> std::result::Result<(), E> {
        self.0.truth(truth);
        Ok(())
    }

    fn visit_i64<E>(self, int: i64) -> std::result::Result<(), E> {
        self.0.int(int);
        Ok(())
    }

    fn visit_u64<E>(self, int: u64) -> std::result::Result<(), E> {
        match i64::try_from(int) {
            Ok(int) => self.0.int(int),
            Err(_) => self.0.number(&int.to_string()),
        }
        Ok(())
    }

    fn visit_str<E>(self, text: &str) -> std::result::Result<(), E> {
        self.0.text(text);
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> std::result::Result<(), A::Error> {
        let open = self.0.open_array();
        let mut count = 0;
        while let Some(()) = items.next_element_seed(Marks(self.0))? {
            count += 1;
        }
        self.0.close(&open, count);
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> std::result::Result<(), A::Error> {
        let open = self.0.open_object();
        let mut count = 0;
        while let Some(()) = entries.next_key_seed(Marks(self.0))? {
            if count == 0 && self.0.ends_with(NUMBER_KEY) {
                self.0.take_back_two();
                let digits: String = entries.next_value()?;
                self.0.number(&digits);
                return number_of(&digits).map(drop).ok_or_else(|| A::Error::custom(NO_NUMBER));
            }
            entries.next_value_seed(Marks(self.0))?;
            count += 1;
        }
        self.0.close(&open, count);
        Ok(())
    }
}

/// Returns the kind of number that holds `text`, which is no 64-bit integer, without loss; nothing if it is no number.
///
/// A float must give back the very digits. An integer never becomes one, however round it is.
pub(super) fn number_of(text: &str) -> Option<Json> {
    let digits = Digits::of(text)?;
    match text.parse::<f64>() {
        Ok(float)
            if (text == "-0" || text.contains(['.', 'e', 'E']))
                && float.is_finite()
                && Digits::of(&format!("{float:e}")) == Some(digits) =>
        {
            Some(Json::Float(float))
        }
        _ => Some(Json::Exact(text.into())),
    }
}

/// A decimal number brought into one form: sign, digits without zeros at either end, and the power of ten of the last digit.
#[derive(PartialEq)]
struct Digits {
    negative: bool,
    digits: String,
    exponent: i64,
}

impl Digits {
    fn of(text: &str) -> Option<Self> {
        let (negative, text) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
        let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
        let all = format!("{whole}{fraction}");
        if whole.is_empty() || !all.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        let exponent = exponent.parse::<i64>().ok()?.checked_sub(i64::try_from(fraction.len()).ok()?)?;
        let digits = all.trim_start_matches('0');
        let kept = digits.trim_end_matches('0');
        let dropped = i64::try_from(digits.len() - kept.len()).ok()?;
        let exponent = if kept.is_empty() { 0 } else { exponent.checked_add(dropped)? };
        Some(Digits { negative, digits: kept.to_owned(), exponent })
    }
}

/// Leaves of each key one member: the place of the first, the value of the last.
pub(super) fn without_duplicates(members: Vec<(Arc<str>, Json)>) -> Vec<(Arc<str>, Json)> {
    let repeated = if members.len() <= FEW {
        members.iter().enumerate().any(|(i, (key, _))| members[..i].iter().any(|(k, _)| k == key))
    } else {
        members.iter().map(|(key, _)| key).collect::<HashSet<_>>().len() < members.len()
    };
    if !repeated {
        return members;
    }
    let mut places = HashMap::new();
    let mut out: Vec<(Arc<str>, Json)> = Vec::with_capacity(members.len());
    for (key, value) in members {
        let place = *places.entry(key.clone()).or_insert(out.len());
        if place == out.len() {
            out.push((key, value));
        } else {
            out[place].1 = value;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round(text: &str) -> String {
        parse(text.as_bytes()).unwrap().to_string()
    }

    #[test]
    fn order_and_text_survive() {
        let text = r#"{"z":1,"a":[true,null,"\u00e9 ☃ 😀"],"m":{"k":"\"\\\n"}}"#;
        assert_eq!(round(text), r#"{"z":1,"a":[true,null,"é ☃ 😀"],"m":{"k":"\"\\\n"}}"#);
    }

    #[test]
    fn numbers_stay_exact() {
        for text in [
            "9223372036854775807",
            "-9223372036854775808",
            "9223372036854775808",
            "-9223372036854776000",
            "0.1",
            "1e+400",
            "123456789.123456789123",
            "-12.5",
        ] {
            assert_eq!(round(text), text);
        }
        assert_eq!(parse(b"1.50").unwrap(), Json::Float(1.5));
        assert_eq!(parse(b"9223372036854776000").unwrap(), Json::Exact("9223372036854776000".into()));
        assert_eq!(parse(b"9223372036854775809").unwrap(), Json::Exact("9223372036854775809".into()));
        assert_eq!(parse(b"0.0").unwrap(), Json::Float(0.0));
    }

    #[test]
    fn of_a_key_that_comes_twice_the_last_value_counts() {
        assert_eq!(round(r#"{"a":1,"b":2,"a":3}"#), r#"{"a":3,"b":2}"#);
        let many: Vec<String> = (0..40).map(|i| format!("\"k{}\":{i}", i % 20)).collect();
        assert_eq!(parse(format!("{{{}}}", many.join(",")).as_bytes()).unwrap().as_object().unwrap().len(), 20);
    }

    #[test]
    fn what_is_not_json_is_an_error_with_words() {
        for text in ["", "{", "[1,]", "{\"a\":1+1}", "nul", "\"\\ud800\"", "1 2", "'a'"] {
            let error = parse(text.as_bytes()).unwrap_err();
            assert!(error.message.starts_with("Client error: this is not valid JSON: "), "{text}: {error}");
        }
    }

    #[test]
    fn deep_nesting_is_refused_before_the_stack_ends() {
        let text = "[".repeat(100_000);
        assert!(parse(text.as_bytes()).unwrap_err().message.contains("nested more than 128 levels deep"));
    }

    #[test]
    fn a_byte_order_mark_is_passed_over() {
        assert_eq!(parse(b"\xef\xbb\xbf[]").unwrap(), Json::array([]));
    }
}
