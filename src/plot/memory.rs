//! Peak memory of each configuration against the adaptive interpreter, with the code
//! bytes behind it.

use super::style;
use super::{Area, Drawn, Figure};
use crate::config::RunConfig;
use crate::dataset::Dataset;
use crate::sweep::plan;
use crate::{registry, stats};
use plotters::prelude::*;
use plotters::style::text_anchor::HPos;

/// With more configurations than this, only those of the story are shown.
const MOST_BARS: usize = 48;

struct Bar {
    config: RunConfig,
    /// Median over workloads of peak resident bytes.
    peak: f64,
    /// Geometric mean of peaks against the adaptive interpreter.
    ratio: Option<f64>,
    /// Mean bytes of generated code and of exit metadata.
    code: f64,
    metadata: f64,
}

/// The figure.
pub struct Memory {
    bars: Vec<Bar>,
}

impl Figure for Memory {
    const NAME: &'static str = "memory";

    fn prepare(data: &Dataset) -> Result<Self, String> {
        let base = data.peaks(&registry::RELEASES[0].config());
        let mut bars: Vec<Bar> = data
            .configs()
            .into_iter()
            .filter_map(|config| {
                let peaks = data.peaks(&config);
                let peak = stats::median(&peaks.values().copied().collect::<Vec<_>>());
                let ratios =
                    peaks.iter().filter_map(|(w, p)| Some(p / base.get(w).filter(|b| **b > 0.0)?));
                let ratio = Some(stats::geomean(ratios)).filter(|r| r.is_finite());
                let mean = |f: fn(&crate::engine::CompileStats) -> u64| {
                    let all: Vec<f64> = data
                        .of(&config)
                        .flat_map(|c| &c.records)
                        .map(|r| f(&r.compile) as f64)
                        .collect();
                    all.iter().sum::<f64>() / all.len().max(1) as f64
                };
                let (code, metadata) = (mean(|c| c.code_bytes), mean(|c| c.metadata_bytes));
                (peak > 0.0).then_some(Bar { config, peak, ratio, code, metadata })
            })
            .collect();
        if bars.len() > MOST_BARS {
            let story = plan::story(plan::Size::Full);
            let peer = |c: &RunConfig| registry::find_tier(c.tier_name()).is_none();
            bars.retain(|b| peer(&b.config) || story.iter().any(|c| c.same_but_hot(&b.config)));
        }
        if bars.is_empty() {
            return Err(
                "needs at least one cell with its peak memory (read from /proc, so Linux only)"
                    .to_string(),
            );
        }
        bars.sort_by(|a, b| a.peak.total_cmp(&b.peak));
        Ok(Memory { bars })
    }

    fn draw<DB: DrawingBackend>(&self, area: &Area<DB>) -> Drawn
    where
        DB::ErrorType: 'static,
    {
        let below = "median over workloads; beside it the geometric mean against adaptive, and mean code and exit metadata";
        let area = style::heading(area, "Peak resident memory", below)?;
        let (width, height) = area.dim_in_pixel();
        let (name_width, note_width) = (330, 300);
        let room = f64::from(width as i32 - name_width - note_width - 20);
        let most = self.bars.iter().map(|b| b.peak).fold(1.0, f64::max);
        let step = ((height as i32 - 20) / self.bars.len() as i32).clamp(12, 44);
        let size = style::SMALL.min(step as u32);
        for (index, bar) in self.bars.iter().enumerate() {
            let middle = 8 + index as i32 * step + step / 2;
            let colour = style::colour(&bar.config);
            let half = (step / 2 - 3).max(3);
            let end = name_width + (bar.peak / most * room) as i32;
            area.draw(&Text::new(
                bar.config.label(),
                (name_width - 12, middle),
                style::anchored(size, style::INK, HPos::Right),
            ))?;
            area.draw(&Rectangle::new(
                [(name_width, middle - half), (end, middle + half)],
                colour.mix(0.8).filled(),
            ))?;
            let mut note = format!("{:.1} MiB", bar.peak / f64::from(1 << 20));
            if let Some(ratio) = bar.ratio {
                note.push_str(&format!(", {ratio:.2}×"));
            }
            if bar.code > 0.0 {
                note.push_str(&format!(", {} + {}", kib(bar.code), kib(bar.metadata)));
            }
            area.draw(&Text::new(
                note,
                (end + 10, middle),
                style::anchored(size, style::INK, HPos::Left),
            ))?;
        }
        Ok(())
    }
}

fn kib(bytes: f64) -> String {
    format!("{:.1} KiB", bytes / 1024.0)
}
