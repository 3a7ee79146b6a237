//! Compile time against run speed: one point per configuration, with the front of
//! those that no other beats in both.

use super::style::{self, Labels};
use super::{Area, Drawn, Figure};
use crate::config::RunConfig;
use crate::dataset::{Dataset, compile_per_op};
use crate::registry;
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

/// With more points than this, only those of the front are named.
const MOST_LABELS: usize = 32;

struct Point {
    config: RunConfig,
    /// Nanoseconds of compile time per IR op.
    cost: f64,
    /// Speed-up over the adaptive interpreter.
    speed: f64,
}

/// The figure.
pub struct Pareto {
    points: Vec<Point>,
}

impl Figure for Pareto {
    const NAME: &'static str = "compile-time-vs-speed";

    fn prepare(data: &Dataset) -> Result<Self, String> {
        let base = registry::RELEASES[0].config();
        let points: Vec<Point> = data
            .configs()
            .into_iter()
            .filter_map(|config| {
                let cost = data.typical(&config, compile_per_op)?;
                let speed = data.compare(&base, &config, |_| true)?.speedup.estimate;
                Some(Point { config, cost, speed })
            })
            .collect();
        if points.is_empty() {
            return Err("needs `adaptive` and at least one tier that compiles".to_string());
        }
        Ok(Pareto { points })
    }

    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>) -> Drawn
    where
        DB::ErrorType: 'static,
    {
        let below = "geometric means over workloads; up and left is better; the line joins what no other configuration beats in both";
        let area = style::heading(area, "What compiling costs and what it buys", below)?;
        let costs = self.points.iter().map(|p| p.cost);
        let speeds = self.points.iter().map(|p| p.speed);
        let x = (costs.clone().fold(f64::MAX, f64::min) / 1.6, costs.fold(0.0, f64::max) * 2.2);
        let y = (speeds.clone().fold(1.0, f64::min) / 1.25, speeds.fold(1.0, f64::max) * 1.3);
        let mut chart = ChartBuilder::on(&area)
            .margin_right(30)
            .margin_left(14)
            .x_label_area_size(62)
            .y_label_area_size(84)
            .build_cartesian_2d((x.0..x.1).log_scale(), (y.0..y.1).log_scale())?;
        chart
            .configure_mesh()
            .light_line_style(WHITE)
            .bold_line_style(style::GRID)
            .axis_style(style::FAINT)
            .label_style(style::text(style::TEXT, style::INK))
            .x_desc("compile time per IR op, record to runnable code (ns, log)")
            .y_desc("speed-up over adaptive (log)")
            .x_label_formatter(&|v| format!("{v:.0}"))
            .y_label_formatter(&|v| style::number(*v))
            .draw()?;
        chart
            .draw_series(LineSeries::new([(x.0, 1.0), (x.1, 1.0)], style::FAINT.stroke_width(1)))?;
        let front = front(&self.points);
        chart.draw_series(LineSeries::new(
            front.iter().map(|p| (p.cost, p.speed)),
            style::INK.mix(0.35).stroke_width(2),
        ))?;
        let places: Vec<(i32, i32)> =
            self.points.iter().map(|p| chart.backend_coord(&(p.cost, p.speed))).collect();
        let (xs, ys) = chart.plotting_area().get_pixel_range();
        let mut labels = Labels::new(&places, [xs.start, ys.start, xs.end, ys.end]);
        let line: Vec<(i32, i32)> =
            front.iter().map(|p| chart.backend_coord(&(p.cost, p.speed))).collect();
        labels.avoid_line(&line);
        let origin = area.get_base_pixel();
        for (point, place) in self.points.iter().zip(&places) {
            let at = (place.0 - origin.0, place.1 - origin.1);
            area.draw(&Circle::new(at, 6, style::colour(&point.config).filled()))?;
        }
        for (point, place) in self.points.iter().zip(&places) {
            if self.points.len() > MOST_LABELS && !front.iter().any(|p| p.config == point.config) {
                continue;
            }
            let colour = style::colour(&point.config);
            let label = point.config.label();
            let ((left, middle), far) =
                labels.place(*place, style::width(&label, style::SMALL) + 4, 18);
            let (px, py) = (place.0 - origin.0, place.1 - origin.1);
            let (lx, ly) = (left - origin.0, middle - origin.1);
            if far {
                let end = lx.max(px.min(lx + style::width(&label, style::SMALL)));
                area.draw(&PathElement::new([(px, py), (end, ly)], colour.mix(0.35)))?;
            }
            area.draw(&Text::new(
                label,
                (lx, ly),
                style::anchored(style::SMALL, colour, HPos::Left),
            ))?;
        }
        Ok(())
    }
}

/// The points that no other beats in both, from cheap to costly.
fn front(points: &[Point]) -> Vec<&Point> {
    let mut sorted: Vec<&Point> = points.iter().collect();
    sorted.sort_by(|a, b| a.cost.total_cmp(&b.cost).then(b.speed.total_cmp(&a.speed)));
    let mut best = f64::MIN;
    sorted.retain(|p| {
        let better = p.speed > best;
        best = best.max(p.speed);
        better
    });
    sorted
}
