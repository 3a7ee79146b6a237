//! Statistics of repeated measurements: medians, geometric means of ratios, and
//! hierarchical bootstrap intervals.
//!
//! Terms: the *samples* of a cell are iterations grouped by invocation, since
//! iterations of one process share its layout and are not independent. Its *centre* is
//! the median over invocations of the median over iterations. A *statistic* is any
//! function of the centres of several cells. The bootstrap draws invocations with
//! replacement, then iterations within each, recomputes every centre and the statistic,
//! and takes the 2.5 and 97.5 percentiles. The generator and its seed are fixed: the
//! same data give the same interval on every machine.
//!
//! With one invocation an interval covers the iterations alone and is too narrow;
//! reports say how many invocations stand behind a number.

use rand::rngs::Xoshiro256PlusPlus;
use rand::{RngExt, SeedableRng};
use serde::{Deserialize, Serialize};

/// Measurements of one cell: `[invocation][iteration]`, no invocation empty.
pub type Samples = Vec<Vec<f64>>;

/// Draws of the bootstrap.
pub const RESAMPLES: usize = 1000;
/// A ratio nearer to 1 than this is no difference that anyone would notice.
pub const NOTICEABLE: f64 = 0.03;
const SEED: u64 = 0x7469_6572_6c61_6221;

/// An estimate with its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Interval {
    /// The statistic of the data as measured.
    pub estimate: f64,
    /// Lower end.
    pub low: f64,
    /// Upper end.
    pub high: f64,
}

/// What an interval of a speed-up says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Verdict {
    /// The whole interval is above 1, and the estimate noticeably so.
    Faster,
    /// The whole interval is below 1, and the estimate noticeably so.
    Slower,
    /// The whole interval is within [`NOTICEABLE`] of 1, or the estimate is and the
    /// interval is on one side of 1.
    Same,
    /// The interval allows a noticeable difference and none: measure more.
    Unsure,
}

impl Verdict {
    /// The word for a table.
    pub fn word(self) -> &'static str {
        match self {
            Verdict::Faster => "faster",
            Verdict::Slower => "slower",
            Verdict::Same => "no difference",
            Verdict::Unsure => "unsure",
        }
    }
}

impl Interval {
    /// Reads the interval as that of a speed-up.
    pub fn verdict(&self) -> Verdict {
        let near = |x: f64| (x - 1.0).abs() <= NOTICEABLE;
        if near(self.low) && near(self.high) {
            Verdict::Same
        } else if self.low > 1.0 {
            if near(self.estimate) { Verdict::Same } else { Verdict::Faster }
        } else if self.high < 1.0 {
            if near(self.estimate) { Verdict::Same } else { Verdict::Slower }
        } else {
            Verdict::Unsure
        }
    }

    /// Estimate and interval for a table, as in `1.23 [1.20, 1.27]`.
    pub fn show(&self) -> String {
        let digits = if self.estimate.abs() >= 100.0 { 0 } else { 2 };
        format!("{:.digits$} [{:.digits$}, {:.digits$}]", self.estimate, self.low, self.high)
    }

    /// The interval of the reciprocal.
    pub fn invert(&self) -> Interval {
        Interval { estimate: 1.0 / self.estimate, low: 1.0 / self.high, high: 1.0 / self.low }
    }
}

/// The median; not a number for no data.
pub fn median(values: &[f64]) -> f64 {
    median_in(&mut values.to_vec())
}

fn median_in(values: &mut [f64]) -> f64 {
    let len = values.len();
    if len == 0 {
        return f64::NAN;
    }
    values.sort_unstable_by(f64::total_cmp);
    if len % 2 == 1 { values[len / 2] } else { (values[len / 2 - 1] + values[len / 2]) / 2.0 }
}

/// The geometric mean of positive numbers; not a number for no data.
pub fn geomean(values: impl IntoIterator<Item = f64>) -> f64 {
    let (sum, count) = values.into_iter().fold((0.0, 0u32), |(s, n), v| (s + v.ln(), n + 1));
    if count == 0 { f64::NAN } else { (sum / f64::from(count)).exp() }
}

/// The centre of a cell: median over invocations of medians over iterations.
pub fn centre(samples: &Samples) -> f64 {
    let mut medians: Vec<f64> = samples.iter().map(|i| median(i)).collect();
    median_in(&mut medians)
}

/// The statistic of the cells' centres, with its bootstrap interval. `statistic` gets
/// the centres in the order of `cells`.
pub fn bootstrap(cells: &[&Samples], statistic: impl Fn(&[f64]) -> f64) -> Interval {
    let centres: Vec<f64> = cells.iter().map(|c| centre(c)).collect();
    let estimate = statistic(&centres);
    let mut rng = Xoshiro256PlusPlus::seed_from_u64(SEED);
    let (mut drawn, mut medians) = (Vec::new(), Vec::new());
    let mut results: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let resampled: Vec<f64> = cells
                .iter()
                .map(|cell| {
                    medians.clear();
                    for _ in 0..cell.len() {
                        let invocation = &cell[rng.random_range(0..cell.len())];
                        drawn.clear();
                        let len = invocation.len();
                        drawn.extend((0..len).map(|_| invocation[rng.random_range(0..len)]));
                        medians.push(median_in(&mut drawn));
                    }
                    median_in(&mut medians)
                })
                .collect();
            statistic(&resampled)
        })
        .collect();
    results.sort_unstable_by(f64::total_cmp);
    let at = |q: f64| results[((results.len() - 1) as f64 * q).round() as usize];
    Interval { estimate, low: at(0.025), high: at(0.975) }
}

/// The speed-up of `after` over `before` (time ratio, more is faster) as the geometric
/// mean over pairs of cells; none for no pair.
pub fn speedup(pairs: &[(&Samples, &Samples)]) -> Option<Interval> {
    if pairs.is_empty() {
        return None;
    }
    let cells: Vec<&Samples> = pairs.iter().flat_map(|(before, after)| [*before, *after]).collect();
    Some(bootstrap(&cells, |c| geomean(c.chunks_exact(2).map(|p| p[0] / p[1]))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn medians_and_means() {
        assert_eq!(median(&[3.0, 1.0, 2.0]), 2.0);
        assert_eq!(median(&[4.0, 1.0, 2.0, 3.0]), 2.5);
        assert!(median(&[]).is_nan() && geomean([]).is_nan());
        assert!((geomean([1.0, 4.0]) - 2.0).abs() < 1e-12);
        assert_eq!(centre(&vec![vec![1.0, 2.0, 9.0], vec![4.0]]), 3.0);
    }

    #[test]
    fn constant_data_have_a_point_interval() {
        let (slow, fast) = (vec![vec![2.0; 3]; 3], vec![vec![1.0; 3]; 3]);
        let interval = speedup(&[(&slow, &fast), (&slow, &slow)]).unwrap();
        assert!((interval.estimate - 2f64.sqrt()).abs() < 1e-12);
        assert_eq!(interval.low, interval.high);
        assert_eq!(interval.verdict(), Verdict::Faster);
    }

    #[test]
    fn the_interval_covers_the_truth_and_is_repeatable() {
        // Times of 100 with known noise between and within invocations; true ratio 1.
        let noisy = |phase: usize| -> Samples {
            (0..6)
                .map(|i| {
                    (0..6).map(|j| 100.0 + ((i * 7 + j * 3 + phase) % 11) as f64 - 5.0).collect()
                })
                .collect()
        };
        let (a, b) = (noisy(0), noisy(4));
        let one = speedup(&[(&a, &b)]).unwrap();
        assert!(one.low <= 1.0 && 1.0 <= one.high && one.low < one.high, "{one:?}");
        assert_eq!(one, speedup(&[(&a, &b)]).unwrap());
    }

    #[test]
    fn verdicts() {
        let verdict = |estimate, low, high| Interval { estimate, low, high }.verdict();
        assert_eq!(verdict(1.2, 1.1, 1.3), Verdict::Faster);
        assert_eq!(verdict(0.8, 0.7, 0.9), Verdict::Slower);
        assert_eq!(verdict(1.01, 0.98, 1.02), Verdict::Same);
        assert_eq!(verdict(1.02, 1.005, 1.04), Verdict::Same);
        assert_eq!(verdict(1.1, 0.9, 1.3), Verdict::Unsure);
    }
}
