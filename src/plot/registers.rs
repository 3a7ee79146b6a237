//! What K registers buy and what they cost, one figure for each quantity: speed, slot traffic, code,
//! library, compile time.
//!
//! Terms. A *series* is an allocator with a stencil library, over the numbers of registers that were
//! measured. K = 0 is the tier without registers, which every allocator shares. Colours tell
//! allocators apart, patterns libraries.

use super::style;
use super::{Area, Drawn, Figure};
use crate::config::RunConfig;
use crate::dataset::{CellData, Dataset, codegen_per_op};
use crate::registry;
use crate::stats::{self, Interval};
use crate::sweep::plan::named;
use plotters::coord::ranged1d::{AsRangedCoord, Ranged, ValueFormatter};
use plotters::prelude::*;
use std::collections::BTreeMap;

/// What is shown against K.
struct Quantity {
    /// File name without extension.
    name: &'static str,
    title: &'static str,
    below: &'static str,
    axis: &'static str,
    /// Whether the axis is logarithmic.
    log: bool,
    /// Whether it is the same for all allocators.
    of_library: bool,
    /// Its value for a configuration, given the one without registers of the default library.
    value: fn(&Dataset, &RunConfig, &RunConfig) -> Option<Interval>,
}

/// The tier whose registers are counted, and the one that stands for none of them.
const TIER: &str = "copypatch-reg";
const WITHOUT: &str = "copypatch";

/// The figures; [`Registers`] is one for each.
pub const QUANTITIES: usize = 5;

const ALL: [Quantity; QUANTITIES] = [
    Quantity {
        name: "registers-speed",
        title: "Registers: what K buys",
        below: "copypatch-reg at preset full; K = 0 is copypatch; float registers grow with K; higher is faster",
        axis: "speed-up over copypatch with the default library",
        log: false,
        of_library: false,
        value: |data, base, config| data.compare(base, config, |_| true).map(|c| c.speedup),
    },
    Quantity {
        name: "registers-slots",
        title: "Registers: slot traffic that is left",
        below: "loads and stores of slots in one iteration of each compiled loop; mean over workloads",
        axis: "slot loads and stores, against copypatch",
        log: false,
        of_library: false,
        value: slots,
    },
    Quantity {
        name: "registers-code",
        title: "Registers: the size of the code",
        below: "bytes of machine code of all traces; geometric mean over workloads",
        axis: "code bytes, against copypatch",
        log: false,
        of_library: false,
        value: |data, base, config| {
            let bytes = |c: &CellData| Some(c.each(|r| Some(r.compile.code_bytes as f64)));
            data.ratio(config, base, bytes).map(|c| c.speedup)
        },
    },
    Quantity {
        name: "registers-library",
        title: "Registers: what K costs in the stencil library",
        below: "bytes of all stencils that use no more than K integer and the float registers that go with them",
        axis: "library (KiB, log)",
        log: true,
        of_library: true,
        value: |data, _, config| {
            let bytes = data.of(config).flat_map(|c| &c.records).map(|r| r.compile.library_bytes);
            bytes.max().map(|bytes| exactly(bytes as f64 / 1024.0))
        },
    },
    Quantity {
        name: "registers-compile",
        title: "Registers: what K costs at run time",
        below: "allocating, emitting and linking an optimized trace; geometric mean over workloads of medians",
        axis: "code generation per IR op (ns)",
        log: false,
        of_library: false,
        value: |data, _, config| data.typical(config, codegen_per_op).map(exactly),
    },
];

fn exactly(estimate: f64) -> Interval {
    Interval { estimate, low: estimate, high: estimate }
}

/// The mean over workloads of what a configuration's loops do to slots, against the base.
fn slots(data: &Dataset, base: &RunConfig, config: &RunConfig) -> Option<Interval> {
    let traffic = |cell: &CellData| {
        let each = |r: &crate::sweep::Record| {
            Some(r.loops.iter().map(|l| (l.slot_loads + l.slot_stores) as f64).sum::<f64>())
        };
        stats::centre(&cell.each(each))
    };
    let rows = data.aligned(&[base, config]);
    let ratios: Vec<f64> = rows
        .iter()
        .map(|row| (traffic(row[0]), traffic(row[1])))
        .filter(|(without, _)| *without > 0.0)
        .map(|(without, with)| with / without)
        .collect();
    (!ratios.is_empty()).then(|| exactly(ratios.iter().sum::<f64>() / ratios.len() as f64))
}

/// One line of a figure.
struct Series {
    name: String,
    colour: RGBColor,
    pattern: usize,
    points: Vec<(u8, Interval)>,
}

/// The figure of quantity number `Q`.
pub struct Registers<const Q: usize> {
    series: Vec<Series>,
}

/// Colours of allocators, by their number.
const COLOURS: [RGBColor; 10] = [
    RGBColor(120, 120, 120),
    RGBColor(214, 92, 52),
    RGBColor(31, 111, 180),
    RGBColor(44, 140, 80),
    RGBColor(148, 103, 189),
    RGBColor(188, 150, 20),
    RGBColor(196, 78, 140),
    RGBColor(23, 160, 170),
    RGBColor(110, 80, 60),
    RGBColor(60, 64, 72),
];

impl<const Q: usize> Figure for Registers<Q> {
    const NAME: &'static str = ALL[Q].name;

    fn prepare(data: &Dataset) -> Result<Self, String> {
        let quantity = &ALL[Q];
        let opt = registry::DEFAULT_OPT;
        let base = named(WITHOUT, "stack", 0, opt);
        // Configurations by allocator, library and K; the numbers of float registers that go with K
        // by default come before others.
        let mut lines: BTreeMap<(String, String), BTreeMap<u8, RunConfig>> = BTreeMap::new();
        let measured: Vec<RunConfig> =
            data.configs().into_iter().filter(|c| c.opt == opt && c.tier == TIER).collect();
        for config in &measured {
            let alloc = if quantity.of_library { "" } else { &config.alloc };
            let line = lines.entry((alloc.to_string(), config.library.clone())).or_default();
            let usual = config.float_regs == registry::float_regs_for(config.regs);
            if usual || !line.contains_key(&config.regs) {
                line.insert(config.regs, config.clone());
            }
        }
        let mut series = Vec::new();
        for ((alloc, library), mut line) in lines {
            let without = RunConfig { library: library.clone(), ..base.clone() };
            if data.of(&without).next().is_some() {
                line.insert(0, without);
            }
            let points: Vec<(u8, Interval)> = line
                .iter()
                .filter_map(|(&k, config)| Some((k, (quantity.value)(data, &base, config)?)))
                .collect();
            if points.is_empty() {
                continue;
            }
            let position = |found: Option<usize>| found.unwrap_or(0);
            let names = registry::allocs().iter();
            let number = position(names.clone().position(|a| a.name == alloc));
            let pattern = registry::libraries().iter().position(|l| l.name == library);
            let pattern = position(pattern);
            let (name, colour) = if quantity.of_library {
                (library, COLOURS[(2 * pattern + 2) % COLOURS.len()])
            } else {
                (format!("{alloc}, {library}"), COLOURS[number % COLOURS.len()])
            };
            series.push(Series { name, colour, pattern, points });
        }
        if !series.iter().any(|s| s.points.len() > 1) {
            return Err(format!(
                "needs `{WITHOUT}` and `{TIER}` at two values of K, at preset {opt}; measure them with: \
                 tierlab sweep --tiers {WITHOUT},{TIER} --allocs {} --libraries {} --opts {opt} --regs 0..{}",
                registry::DEFAULT_ALLOC,
                registry::DEFAULT_LIBRARY,
                registry::MAX_REGS
            ));
        }
        Ok(Registers { series })
    }

    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>) -> Drawn
    where
        DB::ErrorType: 'static,
    {
        let quantity = &ALL[Q];
        let values = self.series.iter().flat_map(|s| &s.points).map(|(_, i)| i);
        let top = values.clone().map(|i| i.high).fold(f64::MIN, f64::max);
        let least = values.map(|i| i.low).fold(f64::MAX, f64::min);
        if quantity.log {
            let range = (least.max(1e-3) / 1.5..top.max(1e-3) * 1.5).log_scale();
            self.draw_over(area, range)
        } else {
            // From zero: what a line loses is seen in proportion.
            self.draw_over(area, 0.0..top.max(1e-3) * 1.1)
        }
    }
}

impl<const Q: usize> Registers<Q> {
    fn draw_over<DB: DrawingBackend, Y>(&self, area: &Area<DB>, range: Y) -> Drawn
    where
        DB::ErrorType: 'static,
        Y: AsRangedCoord<Value = f64>,
        Y::CoordDescType: Ranged<ValueType = f64> + ValueFormatter<f64>,
    {
        let quantity = &ALL[Q];
        let mut below = quantity.below.to_string();
        if self.series.iter().any(|s| s.pattern > 0) {
            let library = |pattern: usize| registry::libraries().get(pattern).map(|l| l.name);
            let marks = ["discs", "circles", "triangles"].iter().enumerate();
            let marks: Vec<String> = marks
                .filter(|(k, _)| self.series.iter().any(|s| s.pattern == *k))
                .filter_map(|(k, mark)| Some(format!("{mark} {}", library(k)?)))
                .collect();
            below += &format!("; {}", marks.join(", "));
        }
        let area = style::heading(area, quantity.title, &below)?;
        let (width, _) = area.dim_in_pixel();
        let (plot, side) = area.split_horizontally(width as i32 - 270);
        let most = self.series.iter().flat_map(|s| &s.points).map(|(k, _)| *k).max().unwrap_or(1);
        let mut chart = ChartBuilder::on(&plot)
            .margin_right(14)
            .margin_left(14)
            .x_label_area_size(62)
            .y_label_area_size(100)
            .build_cartesian_2d(-0.4..f64::from(most) + 0.4, range)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(usize::from(most) + 1)
            .y_labels(8)
            .light_line_style(WHITE)
            .bold_line_style(style::GRID)
            .axis_style(style::FAINT)
            .label_style(style::text(style::TEXT, style::INK))
            .x_label_formatter(&|v| format!("{v:.0}"))
            .y_label_formatter(&|v| style::number(*v))
            .x_desc("integer registers K")
            .y_desc(quantity.axis)
            .draw()?;
        let mut entries: Vec<(f64, String, ShapeStyle)> = Vec::new();
        for series in &self.series {
            let ink = series.colour.stroke_width(2);
            let line = series.points.iter().map(|(k, i)| (f64::from(*k), i.estimate));
            let points: Vec<(f64, f64)> = line.collect();
            match series.pattern {
                0 => {
                    chart.draw_series(LineSeries::new(points.iter().copied(), ink))?;
                }
                pattern => {
                    let dash = if pattern == 1 { (9, 5) } else { (3, 4) };
                    let dashed = DashedLineSeries::new(points.iter().copied(), dash.0, dash.1, ink);
                    chart.draw_series(dashed)?;
                }
            }
            for (place, (_, interval)) in points.iter().zip(&series.points) {
                let (x, _) = chart.backend_coord(place);
                let (_, low) = chart.backend_coord(&(place.0, interval.low));
                let (_, high) = chart.backend_coord(&(place.0, interval.high));
                style::whisker(&plot, x, (low, high), 5, ink)?;
            }
            // Libraries differ in their marks too: full, hollow, and a triangle.
            let marks = points.iter().copied();
            match series.pattern {
                0 => chart.draw_series(marks.map(|p| Circle::new(p, 5, ink.filled()))).map(drop),
                1 => chart.draw_series(marks.map(|p| Circle::new(p, 5, ink))).map(drop),
                _ => chart
                    .draw_series(marks.map(|p| TriangleMarker::new(p, 7, ink.filled())))
                    .map(drop),
            }?;
            let last = points.last().map_or(0.0, |(_, value)| *value);
            entries.push((last, format!("{} ({})", series.name, style::number(last)), ink));
        }
        // In the order of the lines' right ends, so that legend and lines match.
        entries.sort_by(|a, b| b.0.total_cmp(&a.0));
        let entries: Vec<(String, ShapeStyle)> =
            entries.into_iter().map(|(_, name, ink)| (name, ink)).collect();
        style::legend(&side, &entries)
    }
}
