//! What all figures share: font, colours, headings, legends, and labels that keep out
//! of each other's way.

use super::{Area, Drawn};
use crate::config::RunConfig;
use crate::error::Error;
use plotters::prelude::*;
use plotters::style::register_font as register;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// The embedded font's name; in SVG it falls back to the reader's own sans-serif.
pub const FONT: &str = "sans-serif";
/// Text of axes and labels, in pixels.
pub const TEXT: u32 = 19;
/// Small print, in pixels.
pub const SMALL: u32 = 16;
/// Ordinary text.
pub const INK: RGBColor = RGBColor(40, 44, 52);
/// Secondary text and reference lines.
pub const FAINT: RGBColor = RGBColor(125, 130, 140);
/// Grid lines.
pub const GRID: RGBColor = RGBColor(228, 230, 235);
/// What real releases did.
pub const REAL: RGBColor = RGBColor(176, 182, 192);

/// Makes the embedded font known to the drawing library.
pub fn register_font() -> Result<(), Error> {
    register(FONT, FontStyle::Normal, epaint_default_fonts::UBUNTU_LIGHT).map_err(|_| {
        Error::failed("the embedded font cannot be read; rebuild with the versions of Cargo.lock")
    })
}

/// The colour of a tier, the same in every figure.
pub fn colour(config: &RunConfig) -> RGBColor {
    match config.tier_name() {
        "interp" => RGBColor(120, 120, 120),
        "adaptive" => RGBColor(60, 64, 72),
        "uop" => RGBColor(148, 103, 189),
        "copypatch" => RGBColor(214, 92, 52),
        "copypatch-reg" => RGBColor(31, 111, 180),
        "dynasm" => RGBColor(188, 150, 20),
        "cranelift" => RGBColor(44, 140, 80),
        _ => RGBColor(196, 78, 140),
    }
}

/// A text style of some size and colour.
pub fn text(size: u32, colour: RGBColor) -> TextStyle<'static> {
    (FONT, size).into_font().color(&colour)
}

/// Text anchored at its middle, left or right end, vertically centred.
pub fn anchored(size: u32, colour: RGBColor, anchor: HPos) -> TextStyle<'static> {
    text(size, colour).pos(Pos::new(anchor, VPos::Center))
}

/// Draws heading and explanation at the top and returns the area below.
pub fn heading<DB: DrawingBackend>(
    area: &Area<DB>,
    title: &str,
    below: &str,
) -> Result<Area<DB>, Box<dyn std::error::Error + Send + Sync>>
where
    DB::ErrorType: 'static,
{
    let (top, rest) = area.split_vertically(84);
    top.draw(&Text::new(title.to_string(), (28, 20), text(27, INK)))?;
    top.draw(&Text::new(below.to_string(), (28, 54), text(SMALL + 1, FAINT)))?;
    Ok(rest)
}

/// Draws a legend from the top of an area: a coloured bar and a name per entry.
pub fn legend<DB: DrawingBackend>(area: &Area<DB>, entries: &[(String, ShapeStyle)]) -> Drawn
where
    DB::ErrorType: 'static,
{
    let (_, height) = area.dim_in_pixel();
    let step = ((height as i32 - 30) / (entries.len() as i32).max(1)).clamp(16, 28);
    for (index, (name, style)) in entries.iter().enumerate() {
        let y = 24 + index as i32 * step;
        area.draw(&Rectangle::new([(6, y - 4), (28, y + 4)], style.filled()))?;
        area.draw(&Text::new(name.clone(), (36, y), anchored(SMALL, INK, HPos::Left)))?;
    }
    Ok(())
}

/// Draws an interval as a vertical line with caps, in pixels of the whole figure;
/// nothing where it is too short to tell from its ends.
pub fn whisker<DB: DrawingBackend>(
    area: &Area<DB>,
    x: i32,
    (low, high): (i32, i32),
    half: i32,
    style: ShapeStyle,
) -> Drawn
where
    DB::ErrorType: 'static,
{
    if (low - high).abs() < 2 {
        return Ok(());
    }
    let (left, top) = area.get_base_pixel();
    let (x, low, high) = (x - left, low - top, high - top);
    area.draw(&PathElement::new([(x, low), (x, high)], style))?;
    for y in [low, high] {
        area.draw(&PathElement::new([(x - half, y), (x + half, y)], style))?;
    }
    Ok(())
}

/// A number for an axis: at most three decimals, none where they are zero.
pub fn number(value: f64) -> String {
    let text = format!("{value:.3}");
    text.trim_end_matches('0').trim_end_matches('.').to_string()
}

/// Width of a text in pixels, as the embedded font sets it.
pub fn width(label: &str, size: u32) -> i32 {
    let estimate = (FONT, size).into_font().box_size(label);
    estimate.map_or_else(|_| label.len() as i32 * size as i32 / 2, |(w, _)| w as i32)
}

/// A rectangle in pixels: left, top, right, bottom.
type Box4 = [i32; 4];

/// Places labels beside points so that none covers a point or another label, as far
/// as there is room: each label takes the nearest free of a ring of positions.
pub struct Labels {
    taken: Vec<Box4>,
    bounds: Box4,
}

impl Labels {
    /// Labels for these points (pixels), inside the bounds.
    pub fn new(points: &[(i32, i32)], bounds: Box4) -> Self {
        let taken = points.iter().map(|(x, y)| [x - 7, y - 7, x + 7, y + 7]).collect();
        Labels { taken, bounds }
    }

    /// Keeps labels off a line through these points (pixels).
    pub fn avoid_line(&mut self, points: &[(i32, i32)]) {
        for pair in points.windows(2) {
            let ((x0, y0), (x1, y1)) = (pair[0], pair[1]);
            let steps = ((x1 - x0).abs().max((y1 - y0).abs()) / 6).max(1);
            for step in 0..=steps {
                let (x, y) = (x0 + (x1 - x0) * step / steps, y0 + (y1 - y0) * step / steps);
                self.taken.push([x - 2, y - 2, x + 2, y + 2]);
            }
        }
    }

    /// The left centre of a free place for a label of that width, and whether it is far
    /// enough from its point to need a line to it.
    pub fn place(&mut self, point: (i32, i32), width: i32, height: i32) -> ((i32, i32), bool) {
        let (x, y) = point;
        let half = height / 2;
        let mut best: Option<(i32, Box4, bool)> = None;
        for ring in 0..7 {
            let d = ring * (height - 2);
            let sides = [x + 11, x - 11 - width, x - width / 2];
            for dy in [-d, d] {
                for (side, left) in sides.into_iter().enumerate() {
                    let dy =
                        if side == 2 { dy + (half + 11) * if dy < 0 { -1 } else { 1 } } else { dy };
                    let place = [left, y + dy - half, left + width, y + dy + half];
                    let inside = place[0] >= self.bounds[0]
                        && place[1] >= self.bounds[1]
                        && place[2] <= self.bounds[2]
                        && place[3] <= self.bounds[3];
                    let overlaps = self.taken.iter().filter(|t| overlap(t, &place)).count() as i32;
                    let cost =
                        overlaps.min(3) * 100 + i32::from(!inside) * 60 + ring * 3 + side as i32;
                    if best.is_none_or(|(least, ..)| cost < least) {
                        best = Some((cost, place, ring > 1));
                    }
                }
            }
        }
        let (_, place, far) = best.unwrap_or((0, [x, y - half, x + width, y + half], false));
        self.taken.push(place);
        ((place[0], place[1] + half), far)
    }
}

fn overlap(a: &Box4, b: &Box4) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}
