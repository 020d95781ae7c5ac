//! Charts as SVG, by plotters. Nothing here reads a font: the program that shows the file has its own.

use super::{Chart, Kind, Series, text::number};
use crate::error::{Error, Result};
use plotters::{
    coord::{Shift, types::RangedCoordf64},
    prelude::*,
};

/// The colours of the series, to be told apart by those who do not see all colours too.
const COLOURS: [RGBColor; 6] = [
    RGBColor(0, 114, 178),
    RGBColor(230, 159, 0),
    RGBColor(0, 158, 115),
    RGBColor(204, 121, 167),
    RGBColor(86, 180, 233),
    RGBColor(213, 94, 0),
];

const FONT: &str = "sans-serif";

/// How wide a letter of a label is, about.
const LETTER: usize = 8;

/// How much of a row's place its bars fill.
const FULL: f64 = 0.8;

type Area<'a> = DrawingArea<SVGBackend<'a>, Shift>;
type Plot<'a, 'b> = ChartContext<'a, SVGBackend<'b>, Cartesian2d<RangedCoordf64, RangedCoordf64>>;

fn failed(error: impl std::fmt::Display) -> Box<Error> {
    Error::client(format_args!("cannot draw the chart: {error}"))
}

/// Draws a chart of so many pixels.
pub(super) fn draw(chart: &Chart, size: (u32, u32)) -> Result<String> {
    let mut out = String::new();
    {
        let area = SVGBackend::with_string(&mut out, size).into_drawing_area();
        area.fill(&WHITE).map_err(failed)?;
        draw_on(&area, chart, size.0)?;
        area.present().map_err(failed)?;
    }
    Ok(out)
}

fn draw_on<'b>(area: &Area<'b>, chart: &Chart, width: u32) -> Result<()> {
    let (low, high) = chart.span();
    // Some air above the highest value, and below the lowest one.
    let air = (high - low) * 0.05;
    let bottom = if low < 0.0 { low - air } else { 0.0 };
    let longest = chart.labels.iter().map(|label| label.chars().count()).max().unwrap_or(0);
    let turned = longest * LETTER * chart.labels.len() > width as usize;
    let room = if turned { u32::try_from(longest * LETTER).unwrap_or(200).clamp(40, 200) } else { 40 };
    let mut plot: Plot<'_, 'b> = ChartBuilder::on(area)
        .caption(&chart.title, (FONT, 22))
        .margin(14)
        .x_label_area_size(room)
        .y_label_area_size(60)
        .build_cartesian_2d(-0.5..place(chart.labels.len()) - 0.5, bottom..high + air)
        .map_err(failed)?;
    mesh(&mut plot, chart, turned)?;
    for (n, series) in chart.series.iter().enumerate() {
        add(&mut plot, chart, n, series)?;
    }
    if chart.series.len() > 1 {
        plot.configure_series_labels().border_style(BLACK).background_style(WHITE).draw().map_err(failed)?;
    }
    Ok(())
}

fn mesh(plot: &mut Plot<'_, '_>, chart: &Chart, turned: bool) -> Result<()> {
    let font = (FONT, 13).into_font();
    let style = if turned { font.transform(FontTransform::Rotate90) } else { font };
    let name = |x: &f64| label(chart, *x);
    let value = |y: &f64| number(*y);
    let mut mesh = plot.configure_mesh();
    mesh.disable_x_mesh().x_labels(chart.labels.len().clamp(1, 60)).x_label_style(style);
    mesh.x_label_formatter(&name).y_label_formatter(&value).draw().map_err(failed)
}

/// Returns the place of a row on the axis.
fn place(row: usize) -> f64 {
    u32::try_from(row).unwrap_or(u32::MAX).into()
}

/// Returns the label at a place; between the rows there is none.
fn label(chart: &Chart, x: f64) -> String {
    let row = (0..chart.labels.len()).find(|row| (place(*row) - x).abs() < 0.01);
    row.map(|row| chart.labels[row].clone()).unwrap_or_default()
}

fn add(plot: &mut Plot<'_, '_>, chart: &Chart, n: usize, series: &Series) -> Result<()> {
    let colour = COLOURS[n % COLOURS.len()];
    let points: Vec<(f64, f64)> =
        series.values.iter().enumerate().filter_map(|(row, value)| Some((place(row), (*value)?))).collect();
    let drawn = match chart.kind {
        Kind::Line => plot.draw_series(LineSeries::new(points, colour.stroke_width(2)).point_size(3)),
        Kind::Bar => {
            let wide = FULL / place(chart.series.len().max(1));
            let left = move |x: f64| x - FULL / 2.0 + place(n) * wide;
            let bar = move |(x, y): (f64, f64)| Rectangle::new([(left(x), 0.0), (left(x) + wide, y)], colour.filled());
            plot.draw_series(points.into_iter().map(bar))
        }
    };
    drawn
        .map_err(failed)?
        .label(&series.name)
        .legend(move |(x, y)| Rectangle::new([(x, y - 5), (x + 12, y + 5)], colour.filled()));
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::super::tests::chart;
    use super::*;
    use quick_xml::{Reader, events::Event};

    /// Returns the names of the elements and the texts; fails if it is not well-formed.
    fn parts(svg: &str) -> (Vec<String>, String) {
        let (mut reader, mut names, mut texts) = (Reader::from_str(svg), Vec::new(), String::new());
        loop {
            match reader.read_event().expect("well-formed") {
                Event::Start(tag) | Event::Empty(tag) => {
                    names.push(tag.name().0.to_owned());
                }
                Event::Text(text) => texts.push_str(&text.into_inner()),
                Event::GeneralRef(name) => texts.push_str(&format!("&{};", name.into_inner())),
                Event::Eof => return (names, texts),
                _ => {}
            }
        }
    }

    #[test]
    fn bars_have_their_labels_and_a_legend() {
        let (names, texts) = parts(&draw(&chart(Kind::Bar), (900, 500)).expect("a drawing"));
        let bars = names.iter().filter(|name| *name == "rect").count();
        // Five values, the background, and the legend's frame and signs.
        assert!(bars >= 5 + 1 + 2, "{names:?}");
        for text in ["Hours &lt;1&gt;", "Mira", "佐藤", "Sam &amp; Co", "logged", "planned"] {
            assert!(texts.contains(text), "{text} is missing in {texts:?}");
        }
    }

    #[test]
    fn a_line_is_a_line() {
        let (names, texts) = parts(&draw(&chart(Kind::Line), (400, 300)).expect("a drawing"));
        assert!(names.iter().any(|name| name == "polyline") && texts.contains("Mira"), "{names:?}");
    }

    #[test]
    fn no_rows_make_an_empty_drawing() {
        let empty = Chart { labels: Vec::new(), series: Vec::new(), ..chart(Kind::Bar) };
        assert!(draw(&empty, (300, 200)).expect("a drawing").contains("<svg"));
    }
}
