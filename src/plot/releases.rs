//! The ship-slow bars: each release's configuration against the adaptive interpreter,
//! beside what that release itself did.

use super::style;
use super::{Area, Drawn, Figure};
use crate::dataset::Dataset;
use crate::registry::{self, Release};
use crate::stats::Interval;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

/// The figure.
pub struct Releases {
    bars: Vec<(&'static Release, Interval)>,
    workloads: usize,
}

impl Figure for Releases {
    const NAME: &'static str = "ship-slow";

    fn prepare(data: &Dataset) -> Result<Self, String> {
        let base = registry::RELEASES[0].config();
        let mut bars = Vec::new();
        let mut missing = Vec::new();
        let mut workloads = 0;
        for release in registry::RELEASES {
            match data.compare(&base, &release.config(), |_| true) {
                Some(comparison) => {
                    workloads = workloads.max(comparison.each.len());
                    bars.push((release, comparison.speedup));
                }
                None => missing.push(format!("{} ({})", release.name, release.config().label())),
            }
        }
        if bars.len() < 2 {
            return Err(format!(
                "needs the releases' configurations; missing: {}",
                missing.join(", ")
            ));
        }
        Ok(Releases { bars, workloads })
    }

    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>) -> Drawn
    where
        DB::ErrorType: 'static,
    {
        let below = format!(
            "geometric mean over {} workloads with 95 % interval; grey: JIT on against off in that CPython, 46 programs",
            self.workloads
        );
        let area =
            style::heading(area, "Shipping slow: speed-up over the adaptive interpreter", &below)?;
        let real = self.bars.iter().filter_map(|(r, _)| r.real).map(|r| r.speedup);
        let top = self.bars.iter().map(|(_, i)| i.high).chain(real).fold(1.0, f64::max) * 1.15;
        let count = self.bars.len() as f64;
        let mut chart = ChartBuilder::on(&area)
            .margin_right(30)
            .margin_left(14)
            .x_label_area_size(84)
            .y_label_area_size(84)
            .build_cartesian_2d(0.0..count, 0.0..top)?;
        chart
            .configure_mesh()
            .disable_x_mesh()
            .x_labels(0)
            .light_line_style(WHITE)
            .bold_line_style(style::GRID)
            .axis_style(style::FAINT)
            .label_style(style::text(style::TEXT, style::INK))
            .y_desc("speed-up over adaptive")
            .y_label_formatter(&|v| format!("{v:.1}"))
            .draw()?;
        let origin = area.get_base_pixel();
        for (index, (release, interval)) in self.bars.iter().enumerate() {
            let left = index as f64;
            let config = release.config();
            let colour = style::colour(&config);
            let has_real = release.real.is_some();
            let (from, to) = if has_real { (0.14, 0.52) } else { (0.31, 0.69) };
            let centre = left + (from + to) / 2.0;
            chart.draw_series([Rectangle::new(
                [(left + from, 0.0), (left + to, interval.estimate)],
                colour.filled(),
            )])?;
            let (at, low) = chart.backend_coord(&(centre, interval.low));
            let (_, high) = chart.backend_coord(&(centre, interval.high));
            style::whisker(&area, at, (low, high), 8, style::INK.stroke_width(2))?;
            let mut tops =
                vec![(centre, interval.high, format!("{:.2}", interval.estimate), style::INK)];
            if let Some(real) = release.real {
                chart.draw_series([Rectangle::new(
                    [(left + 0.56, 0.0), (left + 0.86, real.speedup)],
                    style::REAL.filled(),
                )])?;
                tops.push((
                    left + 0.71,
                    real.speedup,
                    format!("{:.2}", real.speedup),
                    style::FAINT,
                ));
            }
            for (x, y, label, ink) in tops {
                let (px, py) = chart.backend_coord(&(x, y));
                area.draw(&Text::new(
                    label,
                    (px - origin.0, py - origin.1 - 16),
                    style::anchored(style::TEXT, ink, HPos::Center),
                ))?;
            }
            let (px, py) = chart.backend_coord(&(left + 0.5, 0.0));
            let at = |dy: i32| (px - origin.0, py - origin.1 + dy);
            area.draw(&Text::new(
                release.name,
                at(22),
                style::anchored(22, style::INK, HPos::Center),
            ))?;
            area.draw(&Text::new(
                config.label(),
                at(50),
                style::anchored(style::SMALL, colour, HPos::Center),
            ))?;
        }
        chart
            .draw_series(LineSeries::new([(0.0, 1.0), (count, 1.0)], style::INK.stroke_width(1)))?;
        Ok(())
    }
}
