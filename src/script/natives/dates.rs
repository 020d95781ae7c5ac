//! Dates and durations, by jiff. A date is a moment in a time zone, the system's unless said otherwise.

use crate::{
    error::{Error, Result},
    script::{
        native::{Thrown, native},
        throw::into_script,
    },
};
use jiff::{
    SignedDuration, Span, Timestamp, ToSpan, Unit, ZonedDateTime, ZonedDateTimeRound,
    civil::{self, Weekday},
    tz::TimeZone,
};
use rhai::{Dynamic, Engine, FLOAT, FuncRegistration, INT, ImmutableString};

type Text = ImmutableString;

/// A moment, as scripts hold it.
#[derive(Debug, Clone, PartialEq)]
pub struct Date(ZonedDateTime);

/// A length of time, as scripts hold it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Duration(SignedDuration);

/// Returns the moment that a value is, for sorting.
pub(super) fn moment(value: &Dynamic) -> Option<Timestamp> {
    value.read_lock::<Date>().map(|date| date.0.timestamp())
}

/// Forms that the services answer and jiff does not read by itself: an offset without a colon.
const FORMS: &[&str] = &["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%d %H:%M:%S%.f%z", "%Y-%m-%dT%H:%M%z"];

/// Units of relative dates and of durations as Jira writes them, with their seconds.
const UNITS: &[(char, i64)] = &[('w', 604_800), ('d', 86_400), ('h', 3_600), ('m', 60), ('s', 1)];

/// Reads a date: as the services write it, `2026-11-24`, or relative to now as in JQL (`-7d`).
fn read(text: &str) -> Result<Date> {
    let text = text.trim();
    let zone = TimeZone::system();
    if let Some(seconds) = text.strip_prefix(['-', '+']).and_then(spelled) {
        let step = SignedDuration::from_secs(if text.starts_with('-') { -seconds } else { seconds });
        return moved(&Date(ZonedDateTime::now()), step);
    }
    let parsed = text.parse::<Timestamp>().ok().map(|t| t.to_zoned_datetime(zone.clone()));
    let parsed = parsed.or_else(|| {
        FORMS.iter().find_map(|form| Some(ZonedDateTime::strptime(form, text).ok()?.with_time_zone(zone.clone())))
    });
    let parsed = parsed.or_else(|| text.parse::<civil::DateTime>().ok()?.to_zoned_datetime(zone.clone()).ok());
    let parsed = parsed.or_else(|| text.parse::<civil::Date>().ok()?.to_zoned_datetime(zone.clone()).ok());
    parsed.map(Date).ok_or_else(|| {
        Error::client(format_args!("\"{text}\" is not a date")).hint("such as 2026-11-24, 2026-11-24T10:00:00Z, or -7d")
    })
}

/// Reads a moment in seconds or milliseconds since 1970; nobody means seconds beyond the year 5000.
fn since_1970(number: INT) -> Result<Date> {
    let made = if number.abs() > 100_000_000_000 {
        Timestamp::from_millisecond(number)
    } else {
        Timestamp::from_second(number)
    };
    made.map(|t| Date(t.to_zoned_datetime(TimeZone::system())))
        .map_err(|_| Error::client(format_args!("{number} is no moment that a calendar knows")))
}

/// Reads `1w 2d 3h 4m 5s` as seconds.
fn spelled(text: &str) -> Option<i64> {
    let mut total: i64 = 0;
    for part in text.split_whitespace() {
        let unit = part.chars().last()?;
        let seconds = UNITS.iter().find(|(letter, _)| *letter == unit)?.1;
        total = total.checked_add(part[..part.len() - 1].parse::<i64>().ok()?.checked_mul(seconds)?)?;
    }
    (!text.trim().is_empty()).then_some(total)
}

fn duration(text: &str) -> Result<Duration> {
    let (negative, rest) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
    let seconds = spelled(rest)
        .ok_or_else(|| Error::client(format_args!("\"{text}\" is not a duration")).hint("such as 1h 30m"))?;
    Ok(Duration(SignedDuration::from_secs(if negative { -seconds } else { seconds })))
}

fn shown(duration: Duration) -> String {
    let seconds = duration.0.as_secs();
    let mut left = seconds.unsigned_abs();
    let mut parts = Vec::new();
    for (unit, size) in UNITS.iter().skip(1) {
        let size = size.unsigned_abs();
        if left >= size {
            parts.push(format!("{}{unit}", left / size));
            left %= size;
        }
    }
    let text = if parts.is_empty() { "0s".to_owned() } else { parts.join(" ") };
    if seconds < 0 { format!("-{text}") } else { text }
}

fn moved(date: &Date, by: SignedDuration) -> Result<Date> {
    date.0.checked_add(by).map(Date).map_err(|_| beyond())
}

fn stepped(date: &Date, by: Span) -> Result<Date> {
    date.0.checked_add(by).map(Date).map_err(|_| beyond())
}

fn beyond() -> Box<Error> {
    Error::client("this date lies beyond the calendar")
}

fn midnight(date: &Date) -> Result<Date> {
    date.0
        .round(ZonedDateTimeRound::new().smallest(Unit::Day).mode(jiff::RoundMode::Floor))
        .map(Date)
        .map_err(|_| beyond())
}

/// A date at midnight prints as a day, any other with its time.
fn printed(date: &Date) -> String {
    let time = date.0.time();
    if time == civil::Time::midnight() {
        date.0.date().to_string()
    } else {
        date.0.strftime("%Y-%m-%dT%H:%M:%S%:z").to_string()
    }
}

/// Returns what a date or a length of time prints as; nothing for any other value.
pub(in crate::script) fn time_text(value: &Dynamic) -> Option<String> {
    let date = value.read_lock::<Date>().map(|date| printed(&date));
    date.or_else(|| value.read_lock::<Duration>().map(|duration| shown(*duration)))
}

fn formatted(date: &Date, form: &str) -> Result<String> {
    let wrong = |e: jiff::Error| Error::client(format_args!("the form \"{form}\" is not valid: {e}"));
    jiff::fmt::strtime::format(form, &date.0).map_err(wrong)
}

fn weekday(date: &Date) -> &'static str {
    match date.0.weekday() {
        Weekday::Monday => "Monday",
        Weekday::Tuesday => "Tuesday",
        Weekday::Wednesday => "Wednesday",
        Weekday::Thursday => "Thursday",
        Weekday::Friday => "Friday",
        Weekday::Saturday => "Saturday",
        Weekday::Sunday => "Sunday",
    }
}

/// Registers them.
pub(super) fn register(engine: &mut Engine) {
    engine.register_type_with_name::<Date>("date").register_type_with_name::<Duration>("duration");
    makers(engine);
    steps(engine);
    texts(engine);
    properties(engine);
    arithmetic(engine);
}

fn makers(engine: &mut Engine) {
    native(engine, "now", &[], "/// Returns this moment.", || -> Thrown<Date> { Ok(Date(ZonedDateTime::now())) });
    native(engine, "today", &[], "/// Returns today, at midnight.", || {
        midnight(&Date(ZonedDateTime::now())).map_err(into_script)
    });
    native(
        engine,
        "date",
        &["text: string"],
        "/// Reads a date: as the services write it, 2026-11-24, or relative to now (-7d).",
        |text: Text| read(&text).map_err(into_script),
    );
    native(engine, "date", &["seconds: int"], "/// Makes a date of seconds or milliseconds since 1970.", |n: INT| {
        since_1970(n).map_err(into_script)
    });
    native(engine, "date", &["date: date"], "/// Returns the date itself.", |date: Date| -> Thrown<Date> { Ok(date) });
    native(engine, "duration", &["text: string"], "/// Reads a length of time such as 1h 30m.", |text: Text| {
        duration(&text).map_err(into_script)
    });
    native(
        engine,
        "duration",
        &["seconds: int"],
        "/// Makes a length of time of seconds.",
        |seconds: INT| -> Thrown<Duration> { Ok(Duration(SignedDuration::from_secs(seconds))) },
    );
}

fn steps(engine: &mut Engine) {
    native(
        engine,
        "add_days",
        &["this: date", "days: int"],
        "/// Returns the same time so many days later.",
        |d: &mut Date, n: INT| {
            i32::try_from(n).map_err(|_| beyond()).and_then(|n| stepped(d, n.days())).map_err(into_script)
        },
    );
    native(
        engine,
        "add_months",
        &["this: date", "months: int"],
        "/// Returns the same day so many months later.",
        |d: &mut Date, n: INT| {
            i32::try_from(n).map_err(|_| beyond()).and_then(|n| stepped(d, n.months())).map_err(into_script)
        },
    );
    native(engine, "start_of_day", &["this: date"], "/// Returns the midnight before.", |d: &mut Date| {
        midnight(d).map_err(into_script)
    });
    native(
        engine,
        "start_of_week",
        &["this: date"],
        "/// Returns the midnight that began the week, a Monday.",
        |d: &mut Date| {
            let back = i64::from(d.0.weekday().to_monday_zero_offset());
            midnight(d).and_then(|d| stepped(&d, (-back).days())).map_err(into_script)
        },
    );
    native(
        engine,
        "start_of_month",
        &["this: date"],
        "/// Returns the midnight that began the month.",
        |d: &mut Date| {
            d.0.first_of_month().map(Date).map_err(|_| beyond()).and_then(|d| midnight(&d)).map_err(into_script)
        },
    );
    native(
        engine,
        "end_of_month",
        &["this: date"],
        "/// Returns the last day of the month, at midnight.",
        |d: &mut Date| {
            d.0.last_of_month().map(Date).map_err(|_| beyond()).and_then(|d| midnight(&d)).map_err(into_script)
        },
    );
    native(
        engine,
        "in_zone",
        &["this: date", "zone: string"],
        "/// Returns the same moment in another time zone, such as Europe/Berlin.",
        |d: &mut Date, zone: Text| -> Thrown<Date> {
            d.0.in_tz(&zone)
                .map(Date)
                .map_err(|_| into_script(Error::client(format_args!("there is no time zone \"{zone}\""))))
        },
    );
    native(
        engine,
        "days_until",
        &["this: date", "other: date"],
        "/// Returns how many days lie before `other`; less than none if it is past.",
        |d: &mut Date, other: Date| -> Thrown<INT> {
            let days = d.0.date().until((Unit::Day, other.0.date())).map_err(|_| into_script(beyond()))?;
            Ok(INT::from(days.get_days()))
        },
    );
}

fn texts(engine: &mut Engine) {
    native(
        engine,
        "to_string",
        &["this: date"],
        "/// Writes the date as ISO 8601.",
        |d: &mut Date| -> Thrown<String> { Ok(printed(d)) },
    );
    native(engine, "to_debug", &["this: date"], "/// Writes the date as ISO 8601.", |d: &mut Date| -> Thrown<String> {
        Ok(printed(d))
    });
    native(
        engine,
        "format",
        &["this: date", "form: string"],
        "/// Writes the date in a form such as %d.%m.%Y %H:%M.",
        |d: &mut Date, form: Text| formatted(d, &form).map_err(into_script),
    );
    native(
        engine,
        "jira",
        &["this: date"],
        "/// Writes the moment as Jira wants it: 2026-11-24T10:00:00.000+0000.",
        |d: &mut Date| formatted(d, "%Y-%m-%dT%H:%M:%S.000%z").map_err(into_script),
    );
    native(
        engine,
        "to_string",
        &["this: duration"],
        "/// Writes the length of time as 1h 30m.",
        |d: &mut Duration| -> Thrown<String> { Ok(shown(*d)) },
    );
    native(
        engine,
        "to_debug",
        &["this: duration"],
        "/// Writes the length of time as 1h 30m.",
        |d: &mut Duration| -> Thrown<String> { Ok(shown(*d)) },
    );
}

fn property<T: rhai::Variant + Clone, V: rhai::Variant + Clone>(
    engine: &mut Engine,
    name: &str,
    get: impl Fn(&T) -> V + 'static,
) {
    let func = move |value: &mut T| -> Thrown<V> { Ok(get(value)) };
    FuncRegistration::new_getter(name).with_purity(true).in_global_namespace().register_into_engine(engine, func);
}

fn properties(engine: &mut Engine) {
    property(engine, "year", |d: &Date| INT::from(d.0.year()));
    property(engine, "month", |d: &Date| INT::from(d.0.month()));
    property(engine, "day", |d: &Date| INT::from(d.0.day()));
    property(engine, "hour", |d: &Date| INT::from(d.0.hour()));
    property(engine, "minute", |d: &Date| INT::from(d.0.minute()));
    property(engine, "second", |d: &Date| INT::from(d.0.second()));
    property(engine, "week", |d: &Date| INT::from(d.0.date().iso_week_date().week()));
    property(engine, "weekday", |d: &Date| Text::from(weekday(d)));
    property(engine, "epoch", |d: &Date| d.0.timestamp().as_second());
    property(engine, "seconds", |d: &Duration| d.0.as_secs());
    property(engine, "minutes", |d: &Duration| d.0.as_secs_f64() as FLOAT / 60.0);
    property(engine, "hours", |d: &Duration| d.0.as_secs_f64() as FLOAT / 3_600.0);
    property(engine, "days", |d: &Duration| d.0.as_secs_f64() as FLOAT / 86_400.0);
}

fn arithmetic(engine: &mut Engine) {
    engine.register_fn("+", |a: Date, b: Duration| moved(&a, b.0).map_err(into_script));
    engine.register_fn("-", |a: Date, b: Duration| moved(&a, -b.0).map_err(into_script));
    engine.register_fn("-", |a: Date, b: Date| Duration(a.0.duration_since(&b.0)));
    engine.register_fn("+", |a: Duration, b: Duration| Duration(a.0.saturating_add(b.0)));
    engine.register_fn("-", |a: Duration, b: Duration| Duration(a.0.saturating_sub(b.0)));
    macro_rules! compare {
        ($($operator:literal $op:tt),*) => {$(
            engine.register_fn($operator, |a: Date, b: Date| a.0 $op b.0);
            engine.register_fn($operator, |a: Duration, b: Duration| a.0 $op b.0);
        )*};
    }
    compare!("==" ==, "!=" !=, "<" <, "<=" <=, ">" >, ">=" >=);
    engine.register_fn("+", |a: Text, b: Date| format!("{a}{}", printed(&b)));
    engine.register_fn("+", |a: Text, b: Duration| format!("{a}{}", shown(b)));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown_by(script: &str) -> String {
        let mut engine = Engine::new();
        register(&mut engine);
        let done = engine.eval::<Dynamic>(&format!("`${{{script}}}`"));
        done.map_or_else(
            |e| crate::script::throw::from_script(&e).map_or_else(|| e.to_string(), |e| e.message),
            |v| v.to_string(),
        )
    }

    #[test]
    fn dates_of_the_services_are_read() {
        for text in [
            "2026-09-04T10:11:12.000+0000",
            "2026-09-04T12:11:12+02:00",
            "2026-09-04T10:11:12Z",
            "2026-09-04T10:11:12.345+0000",
        ] {
            assert_eq!(shown_by(&format!("date(\"{text}\").epoch")), "1788516672", "{text}");
        }
        assert_eq!(shown_by("date(1788516672).epoch"), "1788516672");
        assert_eq!(shown_by("date(1788516672000).epoch"), "1788516672");
        assert_eq!(shown_by("date(\"soon\")"), "Client error: \"soon\" is not a date");
    }

    #[test]
    fn days_and_lengths_are_counted() {
        for (script, is) in [
            ("date(\"2026-11-24\")", "2026-11-24"),
            ("date(\"2026-11-24\").add_days(7)", "2026-12-01"),
            ("date(\"2026-11-24\").start_of_week()", "2026-11-23"),
            ("date(\"2026-02-10\").end_of_month()", "2026-02-28"),
            ("date(\"2026-11-24\").weekday", "Tuesday"),
            ("date(\"2026-11-24\").days_until(date(\"2026-12-24\"))", "30"),
            ("date(\"2026-11-24T10:00:00Z\").in_zone(\"UTC\").jira()", "2026-11-24T10:00:00.000+0000"),
            ("date(\"2026-11-24\").format(\"%d.%m.%Y\")", "24.11.2026"),
            ("date(\"2026-11-24\") - date(\"2026-11-23\")", "1d"),
            ("duration(\"1h 30m\").seconds", "5400"),
            ("duration(5400)", "1h 30m"),
            ("duration(5400).hours", "1.5"),
            ("duration(\"-2h\") + duration(\"30m\")", "-1h 30m"),
            ("date(\"2026-11-24\") < date(\"2026-11-25\")", "true"),
            ("date(\"-7d\") < now()", "true"),
            ("duration(\"fast\")", "Client error: \"fast\" is not a duration"),
        ] {
            assert_eq!(shown_by(script), is, "{script}");
        }
    }
}
