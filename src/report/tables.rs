//! The tables of the report, each from the results alone.

use super::Table;
use super::claims::{Claim, interaction};
use crate::config::RunConfig;
use crate::dataset::{Dataset, allocate_per_op, codegen_per_op, compile_per_op};
use crate::registry;
use crate::stats::Interval;
use crate::sweep::plan::{named, top_of_stack};
use std::collections::BTreeSet;
use tierlab_regalloc::fallback::FALLBACK;

/// A configuration at some optimizer preset.
type AtPreset = fn(&str) -> RunConfig;

/// Register allocation as the 2×2 has it: a name, and the configuration at a preset.
pub const ALLOCATIONS: &[(&str, AtPreset)] =
    &[("linear-scan, K = 5", linear_scan), ("top of stack, K = 3", top_of_stack)];

/// The best register allocation of the testbed at some preset.
pub fn linear_scan(opt: &str) -> RunConfig {
    named("copypatch-reg", "linear-scan", registry::MAX_REGS, opt)
}

/// The plain stencil tier at some preset.
pub fn plain(opt: &str) -> RunConfig {
    named("copypatch", "stack", 0, opt)
}

/// The baseline of every ratio.
pub fn adaptive() -> RunConfig {
    registry::RELEASES[0].config()
}

pub fn releases(data: &Dataset) -> Result<Table, String> {
    let base = adaptive();
    let mut table = Table::new(
        "Shipping slow: the releases",
        "Speed-up over `adaptive`. *Slower*: workloads slower by more than 3 %. *Real*: the JIT of that CPython on against off, same binary, over 46 programs.",
        &[
            "release",
            "configuration",
            "speed-up",
            "verdict",
            "slower",
            "first iteration",
            "real",
            "really slower",
        ],
    );
    let mut rows: Vec<(&str, RunConfig, Option<registry::RealFigure>)> =
        registry::RELEASES.iter().skip(1).map(|r| (r.name, r.config(), r.real)).collect();
    rows.push(("3.13 uop", named("uop", "none", 0, "3.13"), Some(registry::REAL_UOP_313)));
    rows.push(("beyond", linear_scan("full"), None));
    for (name, config, real) in rows {
        let Some(comparison) = data.compare(&base, &config, |_| true) else { continue };
        let first = data
            .warmup(&base, &config)
            .first()
            .map_or(String::new(), |t| format!("{:.2}", 1.0 / t));
        table.row([
            name.to_string(),
            config.label(),
            comparison.speedup.show(),
            comparison.speedup.verdict().word().to_string(),
            format!("{} of {}", comparison.slower(), comparison.each.len()),
            first,
            real.map_or(String::new(), |r| format!("{:.2}", r.speedup)),
            real.map_or(String::new(), |r| format!("{} of {}", r.slower, r.programs)),
        ]);
    }
    if table.rows.is_empty() {
        Err("releases: needs `adaptive` and one release's configuration".into())
    } else {
        Ok(table)
    }
}

pub fn two_by_two(
    data: &Dataset,
    alloc: &str,
    with: fn(&str) -> RunConfig,
    new: &str,
) -> Result<Table, String> {
    let base = adaptive();
    let found = interaction(data, "3.13", new, with).ok_or_else(|| {
        format!("2×2 of 3.13 and {new} with {alloc}: needs all four configurations on one workload")
    })?;
    let against = |config: RunConfig| {
        data.compare(&base, &config, |_| true)
            .map_or("not measured".to_string(), |c| c.speedup.show())
    };
    let old_name = "optimizer 3.13".to_string();
    let mut table = Table::new(
        format!("Optimizer 3.13 or {new} × without or with registers ({alloc})"),
        format!(
            "Speed-up over `adaptive`; *gain*: registers over slots. The gain on {new} is {} times the gain on 3.13: **{}**.",
            found.interaction.show(),
            match found.interaction {
                Interval { low, .. } if low > 1.0 =>
                    "registers gain more on the stronger optimizer",
                Interval { high, .. } if high < 1.0 =>
                    "registers gain less on the stronger optimizer",
                _ => "the interval does not tell",
            }
        ),
        &["", "in slots", "in registers", "gain"],
    );
    table.row([old_name, against(plain("3.13")), against(with("3.13")), found.gain_old.show()]);
    table.row([
        format!("optimizer {new}"),
        against(plain(new)),
        against(with(new)),
        found.gain_new.show(),
    ]);
    Ok(table)
}

pub fn groups(data: &Dataset) -> Result<Table, String> {
    let names: BTreeSet<String> =
        data.workloads().iter().map(|w| data.group(w).to_string()).collect();
    let (base, slots, registers) = (adaptive(), plain("full"), linear_scan("full"));
    let mut table = Table::new(
        "By group",
        "Preset `full`. *Gain*: `copypatch-reg` (linear-scan, K = 5) over `copypatch`.",
        &["group", "workloads", "copypatch", "copypatch-reg", "gain of registers"],
    );
    for group in &names {
        let keep = |w: &str| data.group(w) == group;
        let show = |a: &RunConfig, b: &RunConfig| data.compare(a, b, keep);
        let Some(gain) = show(&slots, &registers) else { continue };
        let text =
            |c: Option<crate::dataset::Comparison>| c.map_or(String::new(), |c| c.speedup.show());
        let count = gain.each.len().to_string();
        table.row([
            group.clone(),
            count,
            text(show(&base, &slots)),
            text(show(&base, &registers)),
            gain.speedup.show(),
        ]);
    }
    if table.rows.is_empty() {
        Err("groups: needs copypatch and copypatch-reg (linear-scan, K = 5) at preset full".into())
    } else {
        Ok(table)
    }
}

pub fn workloads(data: &Dataset) -> Result<Table, String> {
    let base = adaptive();
    let mut configs: Vec<(String, RunConfig)> =
        registry::RELEASES.iter().skip(1).map(|r| (r.name.to_string(), r.config())).collect();
    for config in [
        plain("full"),
        linear_scan("full"),
        named("uop", "none", 0, "full"),
        named("dynasm", "linear-scan", registry::MAX_REGS, "full"),
        named("cranelift", "own", 0, "full"),
    ] {
        configs.push((config.tier.clone(), config));
    }
    let is_peer = |c: &RunConfig| registry::find_tier(c.tier_name()).is_none();
    configs.extend(data.configs().into_iter().filter(is_peer).map(|c| (c.tier.clone(), c)));
    let columns: Vec<_> = configs
        .iter()
        .filter_map(|(name, config)| {
            Some((name.as_str(), data.compare(&base, config, |_| true)?.each))
        })
        .collect();
    if columns.is_empty() {
        return Err("workloads: needs `adaptive` and another configuration".into());
    }
    let mut header = vec!["workload", "group"];
    header.extend(columns.iter().map(|(name, _)| *name));
    let note = "Speed-up over `adaptive`, estimates alone. Releases by their configuration; tiers at preset `full`, with linear-scan and K = 5 where they take it. ~: the interval includes 1.";
    let mut table = Table::new("By workload", note, &header);
    for workload in data.workloads() {
        let mut row = vec![workload.clone(), data.group(&workload).to_string()];
        for (_, each) in &columns {
            let found = each.iter().find(|(w, _)| *w == workload).map(|(_, i)| i);
            row.push(found.map_or(String::new(), |i| {
                let open = i.low <= 1.0 && i.high >= 1.0;
                format!("{}{:.2}", if open { "~" } else { "" }, i.estimate)
            }));
        }
        table.row(row);
    }
    Ok(table)
}

pub fn configurations(data: &Dataset) -> Result<Table, String> {
    let base = adaptive();
    let mut table = Table::new(
        "By configuration",
        "Compile times per IR op: *whole* from record to runnable code, *code* for allocation, emission and linking. Code, exits, fallbacks (traces left to the interpreter) and *gave up* (traces that `stack` allocated because the allocator gave up) are means per invocation; memory is the peak against `adaptive`.",
        &[
            "configuration",
            "speed-up",
            "whole ns/op",
            "code ns/op",
            "code KiB",
            "peak",
            "exits",
            "fallbacks",
            "gave up",
        ],
    );
    for config in data.configs() {
        let speedup =
            data.compare(&base, &config, |_| true).map_or(String::new(), |c| c.speedup.show());
        let number = |v: Option<f64>| v.map_or(String::new(), |v| format!("{v:.0}"));
        let mean = |f: fn(&crate::sweep::Record) -> u64| {
            let all: Vec<f64> =
                data.of(&config).flat_map(|c| &c.records).map(|r| f(r) as f64).collect();
            all.iter().sum::<f64>() / all.len().max(1) as f64
        };
        let peak = data.ratio(&config, &base, |c| Some(c.each(|r| Some(r.peak_rss_bytes as f64))));
        table.row([
            config.label(),
            speedup,
            number(data.typical(&config, compile_per_op)),
            number(data.typical(&config, codegen_per_op)),
            format!("{:.1}", mean(|r| r.compile.code_bytes) / 1024.0),
            peak.map_or(String::new(), |p| format!("{:.2}", p.speedup.estimate)),
            format!("{:.0}", mean(|r| r.exits)),
            format!("{:.0}", mean(|r| r.fallbacks)),
            format!("{:.0}", mean(|r| r.compile.allocation_fallbacks)),
        ]);
    }
    Ok(table)
}

pub fn allocators(data: &Dataset) -> Result<Table, String> {
    let mut table = Table::new(
        "By allocator",
        "Speed-up over `stack` in the same tier, at the same preset, with the same stencils: what registers are worth. CPython's own figure for its top-of-stack cache of three is 1.16, on nbody.",
        &["configuration", "speed-up over stack", "allocation ns/op"],
    );
    for config in data.configs() {
        let stack =
            RunConfig { alloc: FALLBACK.to_string(), regs: 0, float_regs: 0, ..config.clone() };
        let Some(comparison) = data.compare(&stack, &config, |_| true) else { continue };
        let cost = data.typical(&config, allocate_per_op);
        if config != stack {
            table.row([
                config.label(),
                comparison.speedup.show(),
                cost.map_or(String::new(), |ns| format!("{ns:.0}")),
            ]);
        }
    }
    if table.rows.is_empty() {
        Err("allocators: needs `stack` and another one in the same tier at the same preset".into())
    } else {
        Ok(table)
    }
}

/// The workload whose loop the sources discuss.
const LOOP_WORKLOAD: &str = "sum_range";

pub fn loops(data: &Dataset) -> Result<Table, String> {
    let mut table = Table::new(
        format!("The loop of {LOOP_WORKLOAD}"),
        "Counted from the code of the loop that ran most iterations: what no noise can touch.",
        &["configuration", "IR ops", "instructions", "slot loads", "slot stores"],
    );
    for config in data.configs() {
        let hottest = data
            .of(&config)
            .filter(|c| c.workload == LOOP_WORKLOAD)
            .flat_map(|c| c.records.iter().take(1).flat_map(|r| &r.loops))
            .max_by_key(|l| l.iterations);
        if let Some(l) = hottest {
            let numbers =
                [l.ops, l.instructions, l.slot_loads, l.slot_stores].map(|n| n.to_string());
            table.row(std::iter::once(config.label()).chain(numbers));
        }
    }
    if table.rows.is_empty() {
        Err(format!("loop of {LOOP_WORKLOAD}: no compiled loop of it was recorded"))
    } else {
        Ok(table)
    }
}

pub fn claims(claims: &[Claim]) -> Table {
    let mut table = Table::new(
        "Claims",
        "The verdict follows from the intervals alone; *undecided* means that the interval allows both.",
        &["claim", "what it says", "measured", "verdict"],
    );
    for claim in claims {
        table.row([
            claim.number.to_string(),
            claim.says.to_string(),
            claim.measured.clone(),
            claim.settled.word().to_string(),
        ]);
    }
    table
}

/// A ratio of times (more is slower) as text, from a speed-up.
pub fn times(interval: &Interval) -> String {
    interval.invert().show()
}
