//! Times, and how the services write them.

/// Milliseconds since 1970.
pub(crate) type Millis = i64;

/// A day in milliseconds.
pub(crate) const DAY: Millis = 86_400_000;

/// Returns the time now.
pub(crate) fn now() -> Millis {
    jiff::Timestamp::now().as_millisecond()
}

/// Writes a time as Jira does: `2026-01-31T12:00:00.000+0000`.
pub(crate) fn stamp(time: Millis) -> String {
    jiff::Timestamp::from_millisecond(time)
        .map(|t| t.strftime("%Y-%m-%dT%H:%M:%S%.3f+0000").to_string())
        .unwrap_or_default()
}

/// Writes a time as the agile resources do: `2026-01-31T12:00:00.000Z`.
pub(crate) fn stamp_z(time: Millis) -> String {
    stamp(time).replace("+0000", "Z")
}

/// Reads a time with an offset, in any of the forms that Jira takes.
pub(crate) fn read_stamp(text: &str) -> Option<Millis> {
    let forms = ["%Y-%m-%dT%H:%M:%S%.f%z", "%Y-%m-%dT%H:%M:%S%.f%:z"];
    let read = forms.iter().find_map(|form| jiff::Timestamp::strptime(form, text).ok());
    read.or_else(|| text.parse().ok()).map(|t: jiff::Timestamp| t.as_millisecond())
}

/// Returns the day of a time, as `2026-01-31`.
pub(crate) fn day(time: Millis) -> String {
    stamp(time).chars().take(10).collect()
}
