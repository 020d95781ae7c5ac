//! Does a piece of content fit a query?

use super::{Clause, Filter, Scene};
use crate::sandbox::confluence::text;
use crate::sandbox::confluence::world::{Content, DAY, Millis, Status, UserId, World, now};
use crate::sandbox::time::day;

impl Filter {
    /// Says whether content fits. What is not current fits nothing.
    pub(super) fn fits(&self, scene: &Scene, content: &Content) -> bool {
        content.status == Status::Current && self.holds(scene, content)
    }

    fn holds(&self, scene: &Scene, content: &Content) -> bool {
        match self {
            Filter::All(parts) => parts.iter().all(|p| p.holds(scene, content)),
            Filter::Any(parts) => parts.iter().any(|p| p.holds(scene, content)),
            Filter::Not(inner) => !inner.holds(scene, content),
            Filter::Is(clause) => clause.holds(scene, content),
        }
    }
}

/// Returns what content is sorted by.
pub(super) fn sort_key(world: &World, content: &Content, field: &str) -> String {
    match field {
        "created" => format!("{:020}", content.created),
        "lastmodified" => format!("{:020}", content.now().when),
        "id" => format!("{:020}", content.id),
        "space" => world.space_by_id(content.space).map_or(String::new(), |s| s.key.clone()),
        _ => content.title().to_lowercase(),
    }
}

impl Clause {
    fn holds(&self, scene: &Scene, content: &Content) -> bool {
        let one = |value: &String| self.is(scene, content, value);
        match self.operator.as_str() {
            "!=" | "!~" | "not in" => !self.values.iter().any(one),
            _ => self.values.iter().any(one),
        }
    }

    fn is(&self, scene: &Scene, content: &Content, value: &str) -> bool {
        let world = scene.world;
        let space = world.space_by_id(content.space);
        let number = || value.trim_start_matches("att").parse::<u64>().ok();
        let by_text = self.operator.ends_with('~');
        match self.field.as_str() {
            "space" | "space.key" => space.is_some_and(|s| s.key.eq_ignore_ascii_case(value)),
            "space.title" => space.is_some_and(|s| contains(&s.name, value)),
            "space.type" => space.is_some_and(|s| (value == "personal") == s.personal),
            "type" => content.kind.name().eq_ignore_ascii_case(value),
            "title" if by_text => contains(content.title(), value),
            "title" => content.title().eq_ignore_ascii_case(value),
            "text" => contains(&format!("{} {}", content.title(), text::words(content.body())), value),
            "label" => {
                content.labels.iter().any(|l| l.name.eq_ignore_ascii_case(value.rsplit(':').next().unwrap_or_default()))
            }
            "creator" => person(scene, value) == Some(content.creator),
            "contributor" => content.versions.iter().any(|v| person(scene, value) == Some(v.by)),
            "watcher" => person(scene, value).is_some_and(|who| world.watches.contains(&(who, content.id))),
            "mention" => mentions(world, content, person(scene, value)),
            "macro" => content.body().contains(&format!("ac:name=\"{value}\"")),
            "id" | "content" => number() == Some(content.id),
            "parent" => number() == content.parent,
            "container" => number() == content.container,
            "ancestor" => {
                let page = content.container.and_then(|id| world.content.get(&id)).unwrap_or(content);
                let within = page.id != content.id && Some(page.id) == number();
                within || world.ancestors(page).iter().any(|a| Some(a.id) == number())
            }
            "created" => self.when(content.created, value),
            _ => self.when(content.now().when, value),
        }
    }

    /// Compares times: to the day, unless the value names a time of day.
    fn when(&self, own: Millis, value: &str) -> bool {
        let Some((from, whole_day)) = moment(value) else { return false };
        let end = if whole_day { from + DAY } else { from + 60_000 };
        match self.operator.as_str() {
            "<" => own < from,
            "<=" => own < end,
            ">" => own >= end || (!whole_day && own > from),
            ">=" => own >= from,
            _ => own >= from && own < end,
        }
    }
}

fn contains(own: &str, wanted: &str) -> bool {
    let own = own.to_lowercase();
    let wanted = wanted.to_lowercase();
    let wanted = wanted.trim_matches('"');
    // Every word has to be there; a star stands for the rest of a word.
    let words: Vec<&str> = own.split(|c: char| !c.is_alphanumeric()).collect();
    wanted.split_whitespace().all(|word| match word.strip_suffix('*') {
        Some(start) => words.iter().any(|w| w.starts_with(start)),
        None => words.contains(&word) || own.contains(word) && word.contains(|c: char| !c.is_alphanumeric()),
    })
}

fn person(scene: &Scene, value: &str) -> Option<UserId> {
    if value.eq_ignore_ascii_case("currentUser()") { scene.me } else { scene.world.user(value) }
}

fn mentions(world: &World, content: &Content, who: Option<UserId>) -> bool {
    let Some(user) = who.and_then(|id| world.users.get(id)) else { return false };
    [&user.key, &user.account_id].iter().any(|id| content.body().contains(&format!("=\"{id}\"")))
}

/// Reads a point in time: a date, a date with a time, `now("-4w")`, `startOfDay("-1d")`. Says whether it is a whole day.
fn moment(value: &str) -> Option<(Millis, bool)> {
    if let Some((name, argument)) = value.strip_suffix(')').and_then(|v| v.split_once('(')) {
        let shift = if argument.is_empty() { 0 } else { distance(argument)? };
        let today = read(&day(now()))?;
        return match name.to_lowercase().as_str() {
            "now" => Some((now() + shift, false)),
            "startofday" => Some((today + shift, false)),
            "endofday" => Some((today + DAY - 1 + shift, false)),
            _ => None,
        };
    }
    let value = value.replace('/', "-");
    match value.split_once(' ') {
        None => Some((read(&value)?, true)),
        Some((date, time)) => {
            let (hours, minutes) = time.split_once(':')?;
            let minutes = hours.parse::<i64>().ok()? * 60 + minutes.parse::<i64>().ok()?;
            Some((read(date)? + minutes * 60_000, false))
        }
    }
}

fn read(date: &str) -> Option<Millis> {
    let date: jiff::civil::Date = date.parse().ok()?;
    Some(date.at(0, 0, 0, 0).to_zoned_datetime(jiff::tz::TimeZone::UTC).ok()?.timestamp().as_millisecond())
}

/// Reads a distance such as `-4w`.
fn distance(text: &str) -> Option<Millis> {
    let text = text.trim();
    let unit = text.chars().last()?;
    let number: i64 = text.strip_suffix(unit)?.trim_start_matches('+').parse().ok()?;
    let days = match unit {
        'm' => return Some(number * 60_000),
        'h' => return Some(number * DAY / 24),
        'd' => 1,
        'w' => 7,
        'M' => 30,
        'y' => 365,
        _ => return None,
    };
    Some(number * days * DAY)
}
