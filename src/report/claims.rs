//! The claims that these results can settle, each with a rule fixed beforehand: the
//! verdict follows from intervals, never from a look at the numbers.

use super::tables::{adaptive, linear_scan, plain, times};
use crate::config::RunConfig;
use crate::dataset::{CellData, Dataset, codegen_per_op};
use crate::registry;
use crate::stats::{self, Interval, Samples};
use crate::sweep::plan::{named, top_of_stack};

/// How a claim came out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Settled {
    /// The interval lies where the claim puts it.
    Reproduced,
    /// The interval lies elsewhere.
    NotReproduced,
    /// The interval allows both.
    Undecided,
    /// The cells it needs were not measured.
    NotMeasured,
}

impl Settled {
    /// The word for a table.
    pub fn word(self) -> &'static str {
        match self {
            Settled::Reproduced => "reproduced",
            Settled::NotReproduced => "not reproduced",
            Settled::Undecided => "undecided",
            Settled::NotMeasured => "not measured",
        }
    }

    /// All parts must hold; one that fails decides.
    fn and(self, other: Settled) -> Settled {
        use Settled::{NotMeasured, NotReproduced, Reproduced, Undecided};
        match (self, other) {
            (NotReproduced, _) | (_, NotReproduced) => NotReproduced,
            (NotMeasured, _) | (_, NotMeasured) => NotMeasured,
            (Undecided, _) | (_, Undecided) => Undecided,
            (Reproduced, Reproduced) => Reproduced,
        }
    }
}

/// One claim with what was measured.
#[derive(Debug, Clone)]
pub struct Claim {
    /// Its number in `paper-notes.md`, with a letter for a variant.
    pub number: &'static str,
    /// What it says, in a line.
    pub says: &'static str,
    /// Numbers with intervals.
    pub measured: String,
    /// The verdict.
    pub settled: Settled,
}

/// Settles an interval against the range that a claim names.
fn within(interval: &Interval, low: f64, high: f64) -> Settled {
    if interval.low >= low && interval.high <= high {
        Settled::Reproduced
    } else if interval.high < low || interval.low > high {
        Settled::NotReproduced
    } else {
        Settled::Undecided
    }
}

fn above(interval: &Interval, bound: f64) -> Settled {
    within(interval, bound, f64::INFINITY)
}

fn below(interval: &Interval, bound: f64) -> Settled {
    within(interval, 0.0, bound)
}

/// The 2×2 of optimizer and register allocation.
#[derive(Debug, Clone, Copy)]
pub struct Interaction {
    /// Speed-up of registers over slots on the old optimizer.
    pub gain_old: Interval,
    /// Speed-up of registers over slots on the new optimizer.
    pub gain_new: Interval,
    /// Gain on the new by gain on the old: above 1 where registers gain more on the new.
    pub interaction: Interval,
}

/// Computes the 2×2 over the workloads that have all four cells; the interaction is
/// estimated on the same resamples for all four, since they share their noise.
pub fn interaction(
    data: &Dataset,
    old: &str,
    new: &str,
    with: fn(&str) -> RunConfig,
) -> Option<Interaction> {
    let configs = [plain(old), with(old), plain(new), with(new)];
    let rows = data.aligned(&configs.each_ref());
    let samples: Vec<Samples> =
        rows.iter().flatten().map(|cell: &&CellData| cell.steady()).collect();
    if samples.is_empty() {
        return None;
    }
    let cells: Vec<&Samples> = samples.iter().collect();
    let over = |f: fn(&[f64]) -> f64| {
        stats::bootstrap(&cells, |c| stats::geomean(c.chunks_exact(4).map(f)))
    };
    Some(Interaction {
        gain_old: over(|c| c[0] / c[1]),
        gain_new: over(|c| c[2] / c[3]),
        interaction: over(|c| (c[2] / c[3]) / (c[0] / c[1])),
    })
}

/// Every claim that a sweep of this kind can settle, in order.
pub fn claims(data: &Dataset) -> Vec<Claim> {
    let speedup = |a: &RunConfig, b: &RunConfig| data.compare(a, b, |_| true).map(|c| c.speedup);
    let base = adaptive();
    let mut claims = Vec::new();
    let mut add = |number, says, found: Option<(String, Settled)>| {
        let (measured, settled) = found.unwrap_or((String::new(), Settled::NotMeasured));
        claims.push(Claim { number, says, measured, settled });
    };

    add(
        "1",
        "a stencil JIT without register allocation is no faster than the specializing interpreter (3.13)",
        {
            speedup(&base, &plain("3.13"))
                .map(|i| (format!("speed-up {}", i.show()), below(&i, 1.0 + stats::NOTICEABLE)))
        },
    );
    for (number, says, new, with) in [
        (
            "3a",
            "register allocation gains more on optimizer 3.14 than on 3.13 (linear-scan)",
            "3.14",
            linear_scan as fn(&str) -> RunConfig,
        ),
        (
            "3b",
            "register allocation gains more on optimizer full than on 3.13 (linear-scan)",
            "full",
            linear_scan,
        ),
        (
            "3c",
            "register allocation gains more on optimizer 3.14 than on 3.13 (top of stack)",
            "3.14",
            top_of_stack,
        ),
    ] {
        add(
            number,
            says,
            interaction(data, "3.13", new, with).map(|i| {
                let text = format!(
                    "gain {} on 3.13, {} on {new}, ratio {}",
                    i.gain_old.show(),
                    i.gain_new.show(),
                    i.interaction.show()
                );
                (text, above(&i.interaction, 1.0))
            }),
        );
    }
    add(
        "4",
        "its gain is largest in tight numeric loops; spectral_norm turns positive",
        numeric_gain(data),
    );
    add("6", "register variants buy speed with stencil-table size", registers_price(data));
    let uop_full = named("uop", "none", 0, "full");
    add("9", "an optimizing interpreter without a JIT beats a naive JIT", {
        let naive = [plain("none"), named("cranelift", "own", 0, "none")];
        let found: Option<Vec<Interval>> = naive.iter().map(|n| speedup(n, &uop_full)).collect();
        found.map(|f| {
            let text = format!(
                "uop full over copypatch none {}, over cranelift none {}",
                f[0].show(),
                f[1].show()
            );
            (text, above(&f[0], 1.0).and(above(&f[1], 1.0)))
        })
    });
    for (number, says, config, time, memory) in [
        (
            "12a",
            "the micro-op interpreter takes about 20 % more time and 1 % more memory",
            named("uop", "none", 0, "3.13"),
            (1.1, 1.3),
            1.05,
        ),
        (
            "12b",
            "the JIT takes about as much time and 10 % more memory",
            plain("3.13"),
            (0.95, 1.05),
            1.15,
        ),
    ] {
        let peak = |c: &CellData| Some(c.each(|r| Some(r.peak_rss_bytes as f64)));
        let memory_ratio = data.ratio(&config, &base, peak).map(|c| c.speedup);
        add(
            number,
            says,
            speedup(&base, &config).zip(memory_ratio).map(|(i, m)| {
                let text = format!("time ratio {}, memory ratio {}", times(&i), m.show());
                (text, within(&i.invert(), time.0, time.1).and(below(&m, memory)))
            }),
        );
    }
    add(
        "13",
        "copy-and-patch generates code 100 times faster than an -O0 class compiler, and faster code",
        code_generation(data),
    );
    let ours = linear_scan("full");
    for (number, says, other) in [
        (
            "14a",
            "copy-and-patch with registers is at most 35 % slower than hand-written templates",
            named("dynasm", "linear-scan", registry::MAX_REGS, "full"),
        ),
        (
            "14b",
            "copy-and-patch with registers is at most 35 % slower than an optimizing compiler",
            named("cranelift", "own", 0, "full"),
        ),
    ] {
        // Speed-up of the other over ours is the ratio of our time to its time.
        add(
            number,
            says,
            speedup(&ours, &other).map(|i| (format!("time ratio {}", i.show()), below(&i, 1.35))),
        );
    }
    claims
}

/// Claim 4: the gain of registers in the group `scalar` against all other groups.
fn numeric_gain(data: &Dataset) -> Option<(String, Settled)> {
    let (slots, registers) = (plain("full"), linear_scan("full"));
    let scalar = data.compare(&slots, &registers, |w| data.group(w) == "scalar")?.speedup;
    let other = data.compare(&slots, &registers, |w| data.group(w) != "scalar")?.speedup;
    let mut text = format!("gain {} in scalar loops, {} elsewhere", scalar.show(), other.show());
    let settled = if scalar.low > other.high {
        Settled::Reproduced
    } else if scalar.high < other.low {
        Settled::NotReproduced
    } else {
        Settled::Undecided
    };
    let named = data.compare(
        &adaptive(),
        &registry::RELEASES[registry::RELEASES.len() - 1].config(),
        |w| w == "spectral_norm",
    );
    let Some(spectral) = named else { return Some((text, settled.and(Settled::NotMeasured))) };
    text.push_str(&format!("; spectral_norm over adaptive {}", spectral.speedup.show()));
    Some((text, settled.and(above(&spectral.speedup, 1.0))))
}

/// Claim 6: from the fewest to the most registers measured.
fn registers_price(data: &Dataset) -> Option<(String, Settled)> {
    let at = |k: u8| {
        if k == 0 { plain("full") } else { named("copypatch-reg", "linear-scan", k, "full") }
    };
    let library = |k: u8| {
        let config = at(k);
        let records = data.of(&config).flat_map(|c| &c.records);
        records.map(|r| (r.compile.library_bytes, r.compile.library_stencils)).max()
    };
    let measured: Vec<(u8, (u64, u64))> =
        (0..=registry::MAX_REGS).filter_map(|k| Some((k, library(k)?))).collect();
    let (&(least, small), &(most, large)) = (measured.first()?, measured.last()?);
    if least == most {
        return None;
    }
    let speed = data.compare(&at(least), &at(most), |_| true)?.speedup;
    let text = format!(
        "K = {least} to {most}: {} to {} stencils, {} to {} KiB, speed-up {}",
        small.1,
        large.1,
        small.0 / 1024,
        large.0 / 1024,
        speed.show()
    );
    let grows = measured.windows(2).all(|w| w[0].1.0 <= w[1].1.0) && small.0 < large.0;
    let size = if grows { Settled::Reproduced } else { Settled::NotReproduced };
    Some((text, size.and(above(&speed, 1.0))))
}

/// Claim 13: code generation per op against Cranelift without optimization (the -O0
/// class), with its other settings beside it; and the run time of the code.
fn code_generation(data: &Dataset) -> Option<(String, Settled)> {
    let ours = plain("full");
    let cost = |c: &CellData| Some(c.each(codegen_per_op));
    let mut parts = Vec::new();
    let mut cheapest: Option<Interval> = None;
    for config in data.configs().iter().filter(|c| c.tier_name() == "cranelift" && c.opt == "full")
    {
        if let Some(ratio) = data.ratio(config, &ours, cost) {
            parts.push(format!("{} times cheaper than {}", ratio.speedup.show(), config.tier));
            if cheapest.is_none_or(|c| ratio.speedup.estimate < c.estimate) {
                cheapest = Some(ratio.speedup);
            }
        }
    }
    let faster = data.compare(&named("cranelift:none", "own", 0, "full"), &ours, |_| true)?.speedup;
    parts.push(format!("its code against cranelift:none {}", faster.show()));
    Some((parts.join("; "), above(&cheapest?, 100.0).and(above(&faster, 1.0))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules() {
        let i = |low, high| Interval { estimate: (low + high) / 2.0, low, high };
        assert_eq!(within(&i(1.1, 1.2), 1.0, 1.3), Settled::Reproduced);
        assert_eq!(within(&i(1.4, 1.5), 1.0, 1.3), Settled::NotReproduced);
        assert_eq!(within(&i(1.2, 1.5), 1.0, 1.3), Settled::Undecided);
        assert_eq!(Settled::Reproduced.and(Settled::Undecided), Settled::Undecided);
        assert_eq!(Settled::Undecided.and(Settled::NotReproduced), Settled::NotReproduced);
    }
}
