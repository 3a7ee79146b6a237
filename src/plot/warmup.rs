//! Warm-up curves: the time of each iteration against the adaptive interpreter's
//! steady time.

use super::style;
use super::{Area, Drawn, Figure};
use crate::config::RunConfig;
use crate::dataset::Dataset;
use crate::registry;
use crate::sweep::plan::named;
use plotters::prelude::*;

/// The figure.
pub struct Warmup {
    curves: Vec<(RunConfig, Vec<f64>)>,
}

impl Figure for Warmup {
    const NAME: &'static str = "warmup";

    fn prepare(data: &Dataset) -> Result<Self, String> {
        let base = registry::RELEASES[0].config();
        let best = registry::DEFAULT_OPT;
        let mut wanted: Vec<RunConfig> =
            registry::RELEASES.iter().map(registry::Release::config).collect();
        wanted.extend([
            named("copypatch", "stack", 0, best),
            named("copypatch-reg", registry::DEFAULT_ALLOC, registry::MAX_REGS, best),
            named("uop", "none", 0, best),
            named("dynasm", registry::DEFAULT_ALLOC, registry::MAX_REGS, best),
            named("cranelift", "own", 0, best),
        ]);
        let is_peer = |c: &RunConfig| registry::find_tier(c.tier_name()).is_none();
        wanted.extend(data.configs().into_iter().filter(is_peer));
        let curves: Vec<(RunConfig, Vec<f64>)> = wanted
            .into_iter()
            .map(|config| {
                let curve = data.warmup(&base, &config);
                (config, curve)
            })
            .filter(|(_, c)| c.len() > 1 && c.iter().all(|v| v.is_finite() && *v > 0.0))
            .collect();
        if curves.is_empty() {
            return Err(
                "needs `adaptive` and another tier with at least 2 iterations each".to_string()
            );
        }
        Ok(Warmup { curves })
    }

    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>) -> Drawn
    where
        DB::ErrorType: 'static,
    {
        let below = "time of each call of main(n) against adaptive's steady time; geometric means over workloads; lower is faster";
        let area = style::heading(area, "Warm-up", below)?;
        let (width, _) = area.dim_in_pixel();
        let (plot, side) = area.split_horizontally(width as i32 - 322);
        let len = self.curves.iter().map(|(_, c)| c.len()).max().unwrap_or(2);
        let values = self.curves.iter().flat_map(|(_, c)| c.iter().copied());
        let y = (values.clone().fold(1.0, f64::min) / 1.3, values.fold(1.0, f64::max) * 1.3);
        let mut chart = ChartBuilder::on(&plot)
            .margin_right(14)
            .margin_left(14)
            .x_label_area_size(62)
            .y_label_area_size(84)
            .build_cartesian_2d(0.8..len as f64 + 0.2, (y.0..y.1).log_scale())?;
        chart
            .configure_mesh()
            .x_labels(len.min(12))
            .disable_x_mesh()
            .light_line_style(WHITE)
            .bold_line_style(style::GRID)
            .axis_style(style::FAINT)
            .label_style(style::text(style::TEXT, style::INK))
            .x_desc("iteration")
            .y_desc("time against adaptive (log)")
            .x_label_formatter(&|v| format!("{v:.0}"))
            .y_label_formatter(&|v| style::number(*v))
            .draw()?;
        let mut entries: Vec<(f64, String, ShapeStyle)> = Vec::new();
        let mut seen: Vec<&str> = Vec::new();
        for (config, curve) in &self.curves {
            // Configurations of one tier share its colour and differ in shade.
            let repeats = seen.iter().filter(|t| **t == config.tier_name()).count();
            seen.push(config.tier_name());
            let ink = style::colour(config).mix([1.0, 0.6, 0.35][repeats.min(2)]).stroke_width(3);
            let points: Vec<(f64, f64)> =
                curve.iter().enumerate().map(|(i, v)| (i as f64 + 1.0, *v)).collect();
            chart.draw_series(LineSeries::new(points.clone(), ink))?;
            chart.draw_series(points.iter().map(|p| Circle::new(*p, 4, ink.filled())))?;
            let last = curve.last().copied().unwrap_or(1.0);
            entries.push((last, format!("{} ({last:.2})", config.label()), ink));
        }
        // In the order of the lines' right ends, so that legend and lines match.
        entries.sort_by(|a, b| b.0.total_cmp(&a.0));
        let entries: Vec<(String, ShapeStyle)> =
            entries.into_iter().map(|(_, n, s)| (n, s)).collect();
        style::legend(&side, &entries)
    }
}
