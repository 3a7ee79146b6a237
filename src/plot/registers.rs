//! What K registers buy and what they cost: speed above, stencil library below.

use super::style;
use super::{Area, Drawn, Figure};
use crate::dataset::Dataset;
use crate::registry;
use crate::stats::Interval;
use crate::sweep::plan::named;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

struct Step {
    k: u8,
    /// Speed-up over K = 0.
    speed: Interval,
    /// Bytes of the stencil library.
    bytes: f64,
    stencils: u64,
}

/// The figure.
pub struct Registers {
    steps: Vec<Step>,
}

impl Figure for Registers {
    const NAME: &'static str = "registers";

    fn prepare(data: &Dataset) -> Result<Self, String> {
        let opt = registry::DEFAULT_OPT;
        let base = named("copypatch", "stack", 0, opt);
        let mut steps = Vec::new();
        for k in 0..=registry::MAX_REGS {
            let config = if k == 0 {
                base.clone()
            } else {
                named("copypatch-reg", registry::DEFAULT_ALLOC, k, opt)
            };
            let Some(comparison) = data.compare(&base, &config, |_| true) else { continue };
            let library = data
                .of(&config)
                .flat_map(|c| &c.records)
                .map(|r| (r.compile.library_bytes, r.compile.library_stencils));
            let (bytes, stencils) = library.max().unwrap_or((0, 0));
            steps.push(Step { k, speed: comparison.speedup, bytes: bytes as f64, stencils });
        }
        if steps.len() < 2 {
            return Err(format!(
                "needs `copypatch` and `copypatch-reg` with {} at two values of K, at preset {opt}; measure them with: \
                 tierlab sweep --tiers copypatch,copypatch-reg --allocs {} --opts {opt} --regs 0..{}",
                registry::DEFAULT_ALLOC,
                registry::DEFAULT_ALLOC,
                registry::MAX_REGS
            ));
        }
        Ok(Registers { steps })
    }

    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>) -> Drawn
    where
        DB::ErrorType: 'static,
    {
        let below = "copypatch-reg with linear-scan at preset full; K = 0 is copypatch; float registers grow with K";
        let area = style::heading(area, "Registers: what K buys and what it costs", below)?;
        let (upper, lower) = area.split_vertically(350);
        let colour = RGBColor(31, 111, 180);
        let most = f64::from(registry::MAX_REGS);
        let top = self.steps.iter().map(|s| s.speed.high).fold(1.0, f64::max) * 1.12;
        let floor = self.steps.iter().map(|s| s.speed.low).fold(1.0, f64::min).min(0.9) * 0.95;
        let mut chart = ChartBuilder::on(&upper)
            .margin_right(30)
            .margin_left(14)
            .margin_bottom(8)
            .x_label_area_size(34)
            .y_label_area_size(100)
            .build_cartesian_2d(-0.4..most + 0.4, floor..top)?;
        mesh!(chart, "speed-up over K = 0", |v| format!("{v:.1}"), "");
        chart.draw_series(LineSeries::new(
            [(-0.4, 1.0), (most + 0.4, 1.0)],
            style::FAINT.stroke_width(1),
        ))?;
        let line = self.steps.iter().map(|s| (f64::from(s.k), s.speed.estimate));
        chart.draw_series(LineSeries::new(line, colour.stroke_width(2)))?;
        for step in &self.steps {
            let (x, i) = (f64::from(step.k), step.speed);
            let (at, low) = chart.backend_coord(&(x, i.low));
            let (_, high) = chart.backend_coord(&(x, i.high));
            style::whisker(&upper, at, (low, high), 6, colour.stroke_width(2))?;
            chart.draw_series([Circle::new((x, i.estimate), 5, colour.filled())])?;
            label(&upper, chart.backend_coord(&(x, i.high)), &format!("{:.2}", i.estimate))?;
        }
        let most_bytes = self.steps.iter().map(|s| s.bytes).fold(1024.0, f64::max);
        let mut chart = ChartBuilder::on(&lower)
            .margin_right(30)
            .margin_left(14)
            .x_label_area_size(62)
            .y_label_area_size(100)
            .build_cartesian_2d(-0.4..most + 0.4, 0.0..most_bytes * 1.2 / 1024.0)?;
        mesh!(chart, "library (KiB, stencils)", |v| format!("{v:.0}"), "integer registers K");
        for step in &self.steps {
            let (x, kib) = (f64::from(step.k), step.bytes / 1024.0);
            chart.draw_series([Rectangle::new(
                [(x - 0.28, 0.0), (x + 0.28, kib)],
                colour.mix(0.55).filled(),
            )])?;
            let size = if kib < 10.0 { format!("{kib:.1} KiB") } else { format!("{kib:.0} KiB") };
            label(&lower, chart.backend_coord(&(x, kib)), &format!("{size}, {}", step.stencils))?;
        }
        Ok(())
    }
}

macro_rules! mesh {
    ($chart:ident, $y:expr, $format:expr, $x:expr) => {
        $chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(6)
            .y_labels(5)
            .light_line_style(WHITE)
            .bold_line_style(style::GRID)
            .axis_style(style::FAINT)
            .label_style(style::text(style::TEXT, style::INK))
            .x_label_formatter(&|v| format!("{v:.0}"))
            .y_label_formatter(&$format)
            .y_desc($y)
            .x_desc($x)
            .draw()?
    };
}
use mesh;

fn label<DB: DrawingBackend>(area: &Area<DB>, (x, y): (i32, i32), text: &str) -> Drawn
where
    DB::ErrorType: 'static,
{
    let origin = area.get_base_pixel();
    let at = (x - origin.0, y - origin.1 - 13);
    area.draw(&Text::new(
        text.to_string(),
        at,
        style::anchored(style::SMALL, style::INK, HPos::Center),
    ))?;
    Ok(())
}
