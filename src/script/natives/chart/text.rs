//! Charts as text.

use super::{Chart, Kind};
use console::measure_text_width;

/// The widest that a label may be.
const LABEL: usize = 30;

/// How many lines a line chart is high.
const HEIGHT: usize = 12;

/// What bars of each series are made of; negative ones are the last.
const FILLS: [char; 3] = ['█', '▓', '▒'];
const NEGATIVE: char = '░';

/// The last piece of a bar, in eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// The marks of the series of a line chart.
const MARKS: [char; 4] = ['•', '×', '+', 'o'];

/// Draws a chart within so many columns.
pub(super) fn draw(chart: &Chart, width: usize) -> String {
    let mut lines: Vec<String> = Vec::new();
    lines.extend((!chart.title.is_empty()).then(|| chart.title.clone()));
    if chart.labels.is_empty() {
        lines.push("(no rows)".to_owned());
    } else if chart.kind == Kind::Bar {
        lines.extend(bars(chart, width));
    } else {
        lines.extend(curve(chart, width));
    }
    lines.extend(legend(chart));
    lines.join("\n")
}

/// Says which series is which, where there are several.
fn legend(chart: &Chart) -> Option<String> {
    let mark = |n: usize| if chart.kind == Kind::Bar { FILLS[n % FILLS.len()] } else { MARKS[n % MARKS.len()] };
    let names = chart.series.iter().enumerate().map(|(n, series)| format!("{} {}", mark(n), series.name));
    (chart.series.len() > 1).then(|| names.collect::<Vec<_>>().join("   "))
}

/// Writes a value without needless digits.
pub(super) fn number(value: f64) -> String {
    let text = format!("{value:.2}");
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

fn cut(label: &str) -> String {
    console::truncate_str(label, LABEL, "…").into_owned()
}

fn padded(label: &str, width: usize) -> String {
    format!("{label}{}", " ".repeat(width.saturating_sub(measure_text_width(label))))
}

fn bars(chart: &Chart, width: usize) -> Vec<String> {
    let labels: Vec<String> = chart.labels.iter().map(|label| cut(label)).collect();
    let label_width = labels.iter().map(|label| measure_text_width(label)).max().unwrap_or(0);
    let values = || chart.series.iter().flat_map(|s| &s.values).flatten();
    let largest = values().fold(0.0_f64, |largest, value| largest.max(value.abs()));
    let number_width = values().map(|value| number(*value).len()).max().unwrap_or(0);
    let room = width.saturating_sub(label_width + number_width + 3).max(10);
    let mut lines = Vec::new();
    for (row, label) in labels.iter().enumerate() {
        for (n, series) in chart.series.iter().enumerate() {
            let name = padded(if n == 0 { label } else { "" }, label_width);
            let line = match series.values[row] {
                Some(value) => {
                    format!("{name}  {} {}", bar(value, largest, room, FILLS[n % FILLS.len()]), number(value))
                }
                None => name,
            };
            lines.push(line.trim_end().to_owned());
        }
    }
    lines
}

fn bar(value: f64, largest: f64, room: usize, fill: char) -> String {
    #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
    let eighths = if largest > 0.0 { (value.abs() / largest * room as f64 * 8.0).round() as usize } else { 0 };
    let fill = if value < 0.0 { NEGATIVE } else { fill };
    // Only the fullest sign has eighths.
    let rest = if fill == FILLS[0] { EIGHTHS[eighths % 8] } else { "" };
    format!("{}{rest}", fill.to_string().repeat(eighths / 8))
}

fn curve(chart: &Chart, width: usize) -> Vec<String> {
    let (low, high) = chart.span();
    let scale = |line: usize| {
        #[allow(clippy::cast_precision_loss)]
        let share = line as f64 / (HEIGHT - 1) as f64;
        number(high - (high - low) * share)
    };
    let axis = (0..HEIGHT).map(|line| scale(line).len()).max().unwrap_or(0);
    let room = width.saturating_sub(axis + 3).clamp(10, 200);
    let mut grid = vec![vec![' '; room]; HEIGHT];
    for (n, series) in chart.series.iter().enumerate() {
        trace(&mut grid, &series.values, (low, high), MARKS[n % MARKS.len()]);
    }
    let mut lines: Vec<String> = grid
        .into_iter()
        .enumerate()
        .map(|(line, marks)| {
            // Every other line says its value.
            let value = if line % 2 == 0 || line == HEIGHT - 1 { scale(line) } else { String::new() };
            format!("{value:>axis$} ┤{}", marks.into_iter().collect::<String>()).trim_end().to_owned()
        })
        .collect();
    let first = chart.labels.first().map(|l| cut(l)).unwrap_or_default();
    let last = chart.labels.last().filter(|_| chart.labels.len() > 1).map(|l| cut(l)).unwrap_or_default();
    let between = room.saturating_sub(measure_text_width(&first) + measure_text_width(&last));
    lines.push(format!("{}{first}{}{last}", " ".repeat(axis + 2), " ".repeat(between)));
    lines
}

/// Draws one series, with straight lines between its values.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, clippy::cast_precision_loss)]
#[allow(clippy::needless_range_loop)] // each column has its mark on another line
fn trace(grid: &mut [Vec<char>], values: &[Option<f64>], (low, high): (f64, f64), mark: char) {
    let room = grid[0].len();
    for column in 0..room {
        let at = if room > 1 { column as f64 / (room - 1) as f64 * (values.len() - 1) as f64 } else { 0.0 };
        let (before, share) = (at.floor() as usize, at.fract());
        let after = (before + 1).min(values.len() - 1);
        let (Some(from), Some(to)) = (values[before], values[if share > 0.0 { after } else { before }]) else {
            continue;
        };
        let value = from + (to - from) * share;
        let line = ((high - value) / (high - low) * (HEIGHT - 1) as f64).round() as usize;
        grid[line.min(HEIGHT - 1)][column] = mark;
    }
}

#[cfg(test)]
mod tests {
    use super::super::tests::chart;
    use super::*;

    #[test]
    fn bars_are_as_long_as_their_values() {
        let text = draw(&chart(Kind::Bar), 34);
        let wanted = "Hours <1>\n\
            Mira      ████████████████████ 10\n          ▓▓▓▓▓ 2.5\n\
            佐藤      ██████████ 5\n\n\
            Sam & Co   0\n          ░░ -1\n\
            █ logged   ▓ planned";
        assert_eq!(text, wanted);
        assert!(draw(&chart(Kind::Bar), 60).lines().all(|line| measure_text_width(line) <= 60));
    }

    #[test]
    fn a_line_runs_from_the_first_value_to_the_last() {
        let text = draw(&chart(Kind::Line), 40);
        let lines: Vec<&str> = text.lines().collect();
        assert_eq!((lines[0], lines.len()), ("Hours <1>", HEIGHT + 3));
        assert!(lines[1].starts_with("10 ┤") || lines[1].contains("10 ┤•"), "{text}");
        assert!(lines[HEIGHT].contains("-1 ┤") && lines[HEIGHT + 1].ends_with("Sam & Co"), "{text}");
        assert!(text.contains('×') && text.ends_with("• logged   × planned"), "{text}");
    }

    #[test]
    fn nothing_is_drawn_as_nothing() {
        let empty = Chart { labels: Vec::new(), series: Vec::new(), ..chart(Kind::Line) };
        assert_eq!(draw(&empty, 80), "Hours <1>\n(no rows)");
        let one = Chart { labels: vec!["a".into()], ..chart(Kind::Line) };
        let series = super::super::Series { name: "n".into(), values: vec![Some(0.0)] };
        assert!(draw(&Chart { series: vec![series], ..one }, 20).contains('•'));
    }
}
