//! Days, as Tempo counts them: weeks begin on Monday, and five days of eight hours are worked.

use super::call::{Call, Refusal, refuse};
use crate::sandbox::jira::world::{day, now};
use jiff::ToSpan;
use jiff::civil::{Date, Weekday};

/// The seconds of a working day.
pub(crate) const WORKDAY: i64 = 28_800;

/// Returns today.
pub(crate) fn today() -> Date {
    day(now()).parse().unwrap_or(Date::MIN)
}

/// Reads a day, refusing what is none.
pub(crate) fn read(name: &str, text: &str) -> Result<Date, Refusal> {
    text.parse().map_err(|_| refuse(400, format!("{name}: '{text}' is not a date of the form yyyy-MM-dd")))
}

/// Returns the seconds that a day asks for.
pub(crate) fn required(day: Date) -> i64 {
    if matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday) { 0 } else { WORKDAY }
}

/// Returns the days from one to another, both included, at most a thousand.
pub(crate) fn between(from: Date, to: Date) -> impl Iterator<Item = Date> {
    from.series(1.day()).take_while(move |day| *day <= to).take(1000)
}

/// Returns the Monday and the Sunday around a day.
pub(crate) fn week(day: Date) -> (Date, Date) {
    let monday = day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).unwrap_or(day);
    (monday, monday.checked_add(6.days()).unwrap_or(monday))
}

impl Call<'_> {
    /// Returns `from` and `to` of the query, where they are given.
    pub(crate) fn span(&self) -> Result<(Option<Date>, Option<Date>), Refusal> {
        let day = |name: &str| self.request.param(name).filter(|v| !v.is_empty()).map(|v| read(name, v)).transpose();
        Ok((day("from")?, day("to")?))
    }

    /// Returns `from` and `to` of the query, which must be there.
    pub(crate) fn required_span(&self) -> Result<(Date, Date), Refusal> {
        match self.span()? {
            (Some(from), Some(to)) if from <= to => Ok((from, to)),
            (Some(_), Some(_)) => Err(refuse(400, "from must not be after to")),
            (None, _) => Err(refuse(400, "from is required")),
            (_, None) => Err(refuse(400, "to is required")),
        }
    }
}
