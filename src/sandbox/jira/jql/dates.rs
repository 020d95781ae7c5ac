//! Dates in queries: days, times, periods from now, and functions.

use crate::sandbox::jira::world::{DAY, Millis};
use jiff::civil::{Date, Weekday};
use jiff::{ToSpan, tz::TimeZone};

/// Reads `2026-01-31`, `2026/01/31 12:30`, `-7d`, `4w 2d`.
pub(super) fn read(text: &str, now: Millis) -> Option<Millis> {
    let text = text.trim();
    if let Some(period) = period(text) {
        return now.checked_add(period);
    }
    let dashed = text.replace('/', "-");
    let (day, time) = dashed.split_once([' ', 'T']).unwrap_or((&dashed, "00:00"));
    let day: Date = jiff::civil::Date::strptime("%Y-%m-%d", day).ok()?;
    let (hour, minute) = time.get(..5).unwrap_or(time).split_once(':')?;
    let at = day.at(hour.parse().ok().filter(|h| *h < 24)?, minute.parse().ok().filter(|m| *m < 60)?, 0, 0);
    Some(at.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Reads `-7d`, `+1w`, `4w 2d` as milliseconds.
fn period(text: &str) -> Option<Millis> {
    let (sign, rest) = match text.strip_prefix('-') {
        Some(rest) => (-1, rest),
        None => (1, text.strip_prefix('+').unwrap_or(text)),
    };
    let mut total: Millis = 0;
    let mut parts = 0;
    for part in rest.split_whitespace() {
        let unit = part.chars().last()?;
        let number: i64 = part.strip_suffix(unit)?.parse().ok()?;
        let size = match unit {
            'm' => 60_000,
            'h' => DAY / 24,
            'd' => DAY,
            'w' => 7 * DAY,
            'M' => 30 * DAY,
            'y' => 365 * DAY,
            _ => return None,
        };
        total = total.checked_add(number.checked_mul(size)?)?;
        parts += 1;
    }
    (parts > 0).then_some(sign * total)
}

/// Computes `startOfWeek("-1w")` and its like; `None`: there is no such function.
pub(super) fn function(name: &str, args: &[String], now: Millis) -> Option<Result<Millis, String>> {
    let name = name.to_ascii_lowercase();
    if name == "now" {
        return Some(Ok(now));
    }
    let (end, unit) = match (name.strip_prefix("startof"), name.strip_prefix("endof")) {
        (Some(unit), _) => (false, unit),
        (_, Some(unit)) => (true, unit),
        _ => return None,
    };
    if !["day", "week", "month", "year"].contains(&unit) {
        return None;
    }
    let shift = args.first().map_or("", |a| a.as_str());
    Some(boundary(unit, end, shift, now).ok_or_else(|| {
        format!("Duration for function '{name}' should have the format (+/-)n(yMwdm), e.g -1M for 1 month earlier.")
    }))
}

fn boundary(unit: &str, end: bool, shift: &str, now: Millis) -> Option<Millis> {
    let today = jiff::Timestamp::from_millisecond(now).ok()?.to_zoned_datetime(TimeZone::UTC).date();
    let (number, step) = if shift.is_empty() { (0, unit) } else { shift_of(shift, unit)? };
    let move_by = |day: Date, number: i64, unit: &str| {
        let span = match unit {
            "day" => 1.day(),
            "week" => 1.week(),
            "month" => 1.month(),
            _ => 1.year(),
        };
        day.checked_add(span.checked_mul(number).ok()?).ok()
    };
    let day = move_by(today, number, step)?;
    let start = match unit {
        "day" => day,
        "week" => day.checked_sub(i64::from(day.weekday().since(Weekday::Monday)).days()).ok()?,
        "month" => day.first_of_month(),
        _ => day.first_of_year(),
    };
    let first = if end { move_by(start, 1, unit)? } else { start };
    let at = first.to_zoned_datetime(TimeZone::UTC).ok()?.timestamp().as_millisecond();
    Some(if end { at - 1 } else { at })
}

/// Reads `-1`, `+2w`: a number of units, the function's own unit if none is named.
fn shift_of<'a>(text: &str, own: &'a str) -> Option<(i64, &'a str)> {
    let text = text.trim();
    let (number, unit) = match text.chars().last()? {
        'd' => (&text[..text.len() - 1], "day"),
        'w' => (&text[..text.len() - 1], "week"),
        'M' => (&text[..text.len() - 1], "month"),
        'y' => (&text[..text.len() - 1], "year"),
        _ => (text, own),
    };
    let number: i64 = number.trim_start_matches('+').parse().ok()?;
    (-10_000..=10_000).contains(&number).then_some((number, unit))
}
