//! `tierlab alloc` as a user sees it: every form of output, programs and traces, bad input.
#![cfg(all(target_arch = "x86_64", target_os = "linux"))]

use rayon::prelude::*;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;
use tierlab::alloc::{Conditions, Parents, Study, page, terminal, totals};
use tierlab::config::{Request, RunConfig};
use tierlab::engine::EngineError;
use tierlab::engine::record_traces;
use tierlab::{registry, tiers, workloads};
use tierlab_regalloc::optimal;
use tierlab_regalloc::{
    AllocError, Allocation, Allowed, Constraint, Effort, Input, Loc, RegFile, STRATEGIES, Strategy,
    StrategyInfo, strategy,
};
use tierlab_trace::backend::HelperTable;
use tierlab_trace::ir::Trace;
use tierlab_trace::parse::{parse_trace, parse_traces};
use tierlab_vm::jit::helpers;

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_path_buf()
}

fn alloc(arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_tierlab"));
    command.current_dir(root()).arg("alloc").args(arguments).output().unwrap()
}

#[track_caller]
fn prints(arguments: &[&str]) -> String {
    let output = alloc(arguments);
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{output:?}");
    // An allocator may give up, which is said; nothing else is.
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(said.lines().all(|l| l.contains(" gave up: ")), "{said}");
    text
}

#[track_caller]
fn refused(code: i32, arguments: &[&str], says: &[&str]) {
    let output = alloc(arguments);
    let text = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(code), "{text}");
    assert!(says.iter().all(|s| text.contains(s)), "{text}");
    assert!(output.stdout.is_empty() && !text.contains("panicked"), "{text}");
}

fn temporary(name: &str, text: &[u8]) -> String {
    let dir = std::path::Path::new(env!("CARGO_TARGET_TMPDIR")).join("alloc");
    std::fs::create_dir_all(&dir).unwrap();
    let path = dir.join(name);
    std::fs::write(&path, text).unwrap();
    path.display().to_string()
}

const SUM: &str = "benches/traces/sum_range.tir";

#[test]
fn a_trace_is_shown_with_places_reasons_and_registers() {
    let text = prints(&[SUM, "--alloc", "linear-scan", "--regs", "2"]);
    for part in [
        "trace T0 workloads/sum_range.py:10: loop, 19 ops; 2 integer, 4 float registers",
        "guard_class %1 class 8 -> exit s1",
        "    > load %2 [2] -> r1: for op %7; in a slot since op %2",
        "    ; read %6 [2]: operand 1; in a slot since op %6",
        "    ; read %0 [0]: operand 0; in a slot since op %0; r1 has %2, next used by op %9",
        "per iteration: 1 loads, 0 stores, 0 moves",
        "above optimal: ",
    ] {
        assert!(text.contains(part), "no {part} in\n{text}");
    }
}

#[test]
fn every_allocator_is_the_default() {
    let text = prints(&[SUM, "--regs", "3", "--side-by-side"]);
    for info in STRATEGIES {
        assert!(text.contains(info.name), "{text}");
    }
    assert!(text.lines().any(|l| l.starts_with("weighted traffic") && l.contains(" | ")), "{text}");
}

#[test]
fn a_program_is_recorded_and_its_side_traces_follow_their_parents() {
    let asked = ["workloads/collatz.py", "--regs", "3", "--alloc", "stack,linear-scan"];
    let run = |more: &[&str]| prints(&[&asked[..], more, &["--", "3000"]].concat());
    let text = run(&["--log"]);
    assert!(text.contains("; trace T0 collatz.py:") && text.contains("side trace of T0"), "{text}");
    let events = ["arrive", "param", "born", "load", "store", "read"];
    for line in text.lines().filter(|l| !l.starts_with(';')) {
        let rest = line.strip_prefix("op %").and_then(|l| l.split_once(": "));
        let (op, event) = rest.unwrap_or_else(|| panic!("{line}"));
        assert!(op.parse::<u32>().is_ok() && !event.contains('?'), "{line}");
    }
    for event in events {
        assert!(text.contains(&format!(": {event} ")), "{event}");
    }
    let text = run(&["--side-by-side"]);
    assert!(text.contains("per iteration") && text.contains("per pass"), "{text}");
}

#[test]
fn json_has_the_documented_fields_and_no_others() {
    let text = prints(&["workloads/nbody.py", "--regs", "2", "--json", "--", "2000"]);
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    let keys = |v: &serde_json::Value| -> Vec<String> {
        let mut keys: Vec<String> = v.as_object().unwrap().keys().cloned().collect();
        keys.sort();
        keys
    };
    assert_eq!(keys(&value), ["traces"]);
    let traces = value["traces"].as_array().unwrap();
    assert!(traces.len() > 1);
    for trace in traces {
        assert_eq!(keys(trace), ["name", "ops", "strategies"]);
        let runs = trace["strategies"].as_array().unwrap();
        let names: Vec<&str> = runs.iter().map(|r| r["strategy"].as_str().unwrap()).collect();
        assert_eq!(names, STRATEGIES.iter().map(|s| s.name).collect::<Vec<_>>());
        for run in runs {
            let expected = [
                "allocate_ns",
                "moves",
                "slot_loads",
                "slot_stores",
                "solved",
                "strategy",
                "weighted_traffic",
            ];
            assert_eq!(keys(run), expected);
        }
        let run = |name: &str| runs.iter().find(|r| r["strategy"] == name).unwrap();
        let traffic = |name: &str| run(name)["weighted_traffic"].as_u64().unwrap();
        assert!(run("stack")["solved"] == true && traffic("linear-scan") < traffic("stack"));
    }
}

/// Side traces start where the same allocator left their parents' values, whoever allocates them: then
/// splitting is never worse than having no registers.
#[test]
fn allocators_are_compared_on_the_same_problem() {
    let files = ["workloads/nbody.py", "workloads/collatz.py"];
    for regs in ["1", "3", "5"] {
        let asked = ["--regs", regs, "--alloc", "stack,linear-scan-split", "--json", "--", "2000"];
        let text = prints(&[&files[..], &asked].concat());
        let value: serde_json::Value = serde_json::from_str(&text).unwrap();
        let traces = value["traces"].as_array().unwrap();
        let of = |name: &str| traces.iter().any(|t| t["name"].as_str().unwrap().contains(name));
        assert!(of("nbody.py") && of("collatz.py"));
        for trace in traces {
            let traffic = |s: usize| trace["strategies"][s]["weighted_traffic"].as_u64().unwrap();
            assert!(traffic(1) <= traffic(0), "{trace}");
        }
    }
    refused(2, &[SUM, "--parents", "x"], &["unknown allocator `x`", "linear-scan", "own"]);
}

#[test]
fn totals_have_a_row_per_allocator() {
    let asked = ["workloads/collatz.py", "--regs", "2", "--totals", "--parents", "own"];
    let text = prints(&[&asked[..], &["--", "2000"]].concat());
    assert!(text.lines().next().unwrap().contains(" traces, "), "{text}");
    for info in STRATEGIES {
        let row = text.lines().find(|l| l.split_whitespace().next() == Some(info.name));
        assert_eq!(row.map(|r| r.split_whitespace().count()), Some(8), "{text}");
    }
    let file = tierlab::tiers::register_file("c", 2, 4).unwrap();
    let stack_and_split = [STRATEGIES[0], *STRATEGIES.last().unwrap()];
    let study = study(&traces(SUM), &stack_and_split, file, optimal::LIMIT).unwrap();
    let rows = totals::totals(&study);
    assert_eq!((rows[0].of_stack, rows[0].worse, rows[0].bounded), (1.0, 0, 1));
    // 83 accesses where 14 would do.
    assert!((rows[0].of_least - 84.0 / 15.0).abs() < 1e-9 && rows[1].of_least == 1.0);
    assert!((rows[1].of_stack - 15.0 / 84.0).abs() < 1e-9);
}

#[test]
fn html_is_one_file_that_asks_for_nothing() {
    let out = temporary("page.html", b"");
    let text = prints(&[SUM, "--regs", "2", "--html", &out]);
    assert!(text.contains("weighted traffic") && text.trim_end().ends_with(&out), "{text}");
    let page = std::fs::read_to_string(&out).unwrap();
    for part in ["<!DOCTYPE html>", "<svg", "prefers-color-scheme", "<title>%", "linear-scan"] {
        assert!(page.contains(part), "no {part}");
    }
    for absent in ["http:", "https:", "<script", "src=", "@import", "url("] {
        assert!(!page.contains(absent), "{absent}");
    }
    assert!(!page.contains("-> exit"), "the arrow is escaped");
}

/// Traces under strategies, with side traces that start from each strategy's own parents.
fn study(
    traces: &[Arc<Trace>],
    strategies: &[StrategyInfo],
    file: RegFile,
    limit: Duration,
) -> Result<Study, EngineError> {
    let conditions = Conditions { file, helpers: helpers::table(), limit, parents: Parents::Own };
    let mut study = Study::new(strategies, conditions);
    study.add(traces)?;
    Ok(study)
}

#[test]
fn text_from_a_trace_is_escaped() {
    let text = std::fs::read_to_string(root().join(SUM)).unwrap();
    let text = text.replace("workloads/sum_range.py:10", "<b onclick='x'>&\\\"");
    let trace = Arc::new(parse_trace(&text, &HelperTable::default()).unwrap());
    let file = tierlab::tiers::register_file("c", 2, 2).unwrap();
    let study = study(&[trace], STRATEGIES, file, optimal::LIMIT).unwrap();
    let page = page::page("<i>&\"", &study);
    assert!(!page.contains("<b onclick") && !page.contains("<i>"), "{page}");
    assert!(page.contains("&lt;b onclick") && page.contains("&lt;i&gt;&amp;"), "{page}");
}

#[test]
fn a_bad_request_names_what_is_wrong() {
    refused(2, &[SUM, "--regs", "6"], &["--regs 6", "0 to 5"]);
    refused(2, &[SUM, "--float-regs", "9"], &["--float-regs 9", "0 to 8"]);
    refused(2, &[SUM, "--alloc", "x"], &["unknown allocator `x`", "linear-scan"]);
    refused(2, &[SUM, "--opt", "x"], &["`x`", "3.14"]);
    refused(2, &[SUM, "--json", "--log"], &["--log"]);
    refused(2, &["nothing.tir"], &["nothing.tir", "No such file"]);
    refused(2, &["nothing.py"], &["nothing.py", "No such file"]);
    refused(1, &[SUM, "--html", "/nonexistent/x.html"], &["/nonexistent/x.html"]);
}

#[test]
fn a_bad_file_names_the_place() {
    let text = std::fs::read_to_string(root().join(SUM)).unwrap();
    let broken = temporary("broken.tir", text.replace("guard_class", "guard_clas").as_bytes());
    refused(2, &[&broken], &["broken.tir: line 4, column 3", "guard_clas"]);
    let wrong = temporary("wrong.tir", text.replace("add %2, 1", "add %2, 1.5").as_bytes());
    refused(2, &[&wrong], &["wrong.tir: trace T0 at", "op %8 (add)"]);
    let orphan = temporary("orphan.tir", b"trace side 3.0 \"a.py:1\"\nblock0():\n  exit s0\nsnapshots:\n  s0 = code 0 @4 height 0 { }\n");
    refused(2, &[&orphan], &["orphan.tir: trace T0 at a.py:1", "T3"]);
    let binary = temporary("binary.tir", b"\xff\xfe\x00");
    refused(2, &[&binary], &["binary.tir"]);
    let source = temporary("source.py", b"def f(:\n");
    refused(2, &[&source], &["source.py"]);
    let side = "trace side 0.0 \"a.py:1\"\nblock0(%0: i64):\n  exit s0\nsnapshots:\n  s0 = code 0 @4 height 0 { }\n";
    let unfit = temporary("unfit.tir", (text + side).as_bytes());
    refused(2, &[&unfit], &["unfit.tir: trace T1 at a.py:1", "live values"]);
}

#[test]
fn a_program_without_traces_or_that_raises_says_so() {
    let cold = temporary("cold.py", b"print('x')\n");
    let output = alloc(&[&cold, "--json"]);
    assert_eq!(String::from_utf8_lossy(&output.stdout), "{\"traces\":[]}\n");
    assert!(String::from_utf8_lossy(&output.stderr).contains("records no trace"), "{output:?}");
    let source = "t = 0\nfor i in range(5000):\n    t += i\nprint(t)\nt // 0\n";
    let raises = temporary("raises.py", source.as_bytes());
    let output = alloc(&[&raises, "--alloc", "stack"]);
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("ZeroDivisionError"), "{output:?}");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(text.starts_with("trace T0") && !text.contains("12497500"), "{text}");
}

/// Gives up on loop traces.
struct NoLoops(Box<dyn Strategy>);

impl Strategy for NoLoops {
    fn name(&self) -> &'static str {
        "no-loops"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        match input.trace.loop_block() {
            Some(block) => {
                Err(AllocError::TooFewRegisters { op: block.first as usize, needed: 99 })
            }
            None => self.0.allocate(input, out),
        }
    }
}

const NO_LOOPS: StrategyInfo = StrategyInfo {
    name: "no-loops",
    about: "gives up",
    source: "",
    effort: Effort::Passes,
    make: || Box::new(NoLoops(strategy("linear-scan").unwrap())),
};

fn traces(path: &str) -> Vec<Arc<Trace>> {
    let text = std::fs::read_to_string(root().join(path)).unwrap();
    let traces = parse_traces(&text, &tierlab_vm::jit::helpers::table()).unwrap();
    traces.into_iter().map(Arc::new).collect()
}

#[test]
fn who_gives_up_is_shown_wherever_its_numbers_are() {
    let file = tierlab::tiers::register_file("c", 3, 5).unwrap();
    let strategies = [STRATEGIES[0], NO_LOOPS];
    let study = study(&traces(SUM), &strategies, file, optimal::LIMIT).unwrap();
    let reason = "no-loops gave up: op %12 needs 99 registers at once";
    assert_eq!(study.fallbacks(), [format!("trace T0 workloads/sum_range.py:10: {reason}")]);
    let run = &study.traces[0].runs[1];
    assert_eq!(run.cost, study.traces[0].runs[0].cost);
    let named = "no-loops gave up (op %12 needs 99 registers at once); this is `stack`";
    assert!(terminal::full(&study).contains(named));
    assert!(terminal::log(&study).contains(named));
    assert!(terminal::side_by_side(&study).contains("gave up"));
    assert!(page::page("x", &study).contains(reason));
    let json: serde_json::Value = serde_json::from_str(&study.json().unwrap()).unwrap();
    assert_eq!(json["traces"][0]["strategies"][0]["solved"], true);
    assert_eq!(json["traces"][0]["strategies"][1]["solved"], false);
}

/// Every trace of every workload, at every K, under every allocator; those that search, the libraries that
/// the default is not, and full size with `TIERLAB_LONG=1`.
#[test]
fn what_the_workloads_record_passes_the_checker() {
    let long = std::env::var_os("TIERLAB_LONG").is_some();
    let wanted = |s: &&StrategyInfo| long || s.effort == Effort::Passes;
    let strategies: Vec<StrategyInfo> = STRATEGIES.iter().filter(wanted).copied().collect();
    let libraries =
        tiers::libraries().iter().filter(|l| long || l.name == registry::DEFAULT_LIBRARY);
    let libraries: Vec<_> = libraries.filter(|l| l.library.is_ok()).collect();
    let request = Request { hot: Some(200), ..Request::default() };
    let config = request.resolve().unwrap();
    let traces: Vec<usize> = workloads::load()
        .unwrap()
        .par_iter()
        .map(|w| {
            let n = if long { w.default_n } else { w.small_n };
            let recorded = record_traces(&config, &w.file, &[n.to_string()]).unwrap();
            for library in &libraries {
                for k in 0..=library.max_ints {
                    let request = Request {
                        library: Some(library.name.into()),
                        regs: Some(k),
                        ..Request::default()
                    };
                    let RunConfig { float_regs, .. } = request.resolve().unwrap();
                    let file = tiers::register_file(library.name, k, float_regs).unwrap();
                    let limit = Duration::from_secs(1);
                    study(&recorded.traces, &strategies, file, limit)
                        .unwrap_or_else(|e| panic!("{}, {} registers: {e}", w.name, k));
                }
            }
            recorded.traces.len()
        })
        .collect();
    assert!(traces.iter().sum::<usize>() > 50, "{traces:?}");
}

/// Has every op leave its result one register further on.
struct Wrong;

impl Strategy for Wrong {
    fn name(&self) -> &'static str {
        "wrong"
    }

    fn allocate(&mut self, input: &Input, out: &mut Allocation) -> Result<(), AllocError> {
        strategy("linear-scan").unwrap().allocate(input, out)?;
        for locs in &mut out.locs {
            if locs.result == Loc::int(1) {
                locs.result = Loc::int(2);
            }
        }
        Ok(())
    }
}

#[test]
fn who_is_wrong_is_named_with_op_and_value() {
    let strategies = [StrategyInfo { name: "wrong", make: || Box::new(Wrong), ..NO_LOOPS }];
    let file = tierlab::tiers::register_file("c", 3, 5).unwrap();
    let error = study(&traces(SUM), &strategies, file, optimal::LIMIT)
        .err()
        .expect("it is wrong")
        .to_string();
    assert!(error.contains("trace T0 workloads/sum_range.py:10: wrong is wrong: op %"), "{error}");
    assert!(error.contains("should hold %"), "{error}");
}

#[test]
fn the_distance_to_the_optimum() {
    let named = |name: &str| *STRATEGIES.iter().find(|s| s.name == name).unwrap();
    let distances = |limit: Duration| {
        let file = tierlab::tiers::register_file("c", 2, 4).unwrap();
        let strategies = [named("stack"), named("linear-scan"), named("optimal")];
        let study = study(&traces(SUM), &strategies, file, limit).unwrap();
        let runs = &study.traces[0].runs;
        (runs.iter().map(|r| r.distance()).collect::<Vec<_>>(), study.fallbacks().len())
    };
    assert_eq!(
        distances(optimal::LIMIT),
        (["+69 (5.93x)", "+7 (1.50x)", "0"].map(String::from).into(), 0)
    );
    // Where there is no time, nothing is said of the distance, and who searches falls back.
    let unsolved = "not solved within 0ns".to_string();
    assert_eq!(distances(Duration::ZERO), (vec![unsolved; 3], 1));
}

#[test]
fn too_few_registers_for_an_op_is_an_error_with_its_place() {
    static STRICT: Constraint = Constraint { operands: [Allowed::REGISTER; 3], ..Constraint::ANY };
    let file = RegFile { ints: 1, floats: 0, constraint: |_| &STRICT, immediate: |_, _, _| true };
    let error = match study(&traces(SUM), STRATEGIES, file, optimal::LIMIT) {
        Err(error) => error.to_string(),
        Ok(_) => panic!("two operands in one register"),
    };
    assert!(error.contains("trace T0 workloads/sum_range.py:10: op %7 needs "), "{error}");
    assert!(error.contains("--regs"), "{error}");
}

#[test]
fn every_saved_trace_can_be_shown() {
    let dir = std::fs::read_dir(root().join("benches/traces")).unwrap();
    for path in dir.map(|e| e.unwrap().path()).filter(|p| p.extension().is_some_and(|e| e == "tir"))
    {
        for regs in ["0", "1", "4"] {
            let path = path.display().to_string();
            prints(&[&path, "--regs", regs, "--side-by-side"]);
            prints(&[&path, "--regs", regs]);
        }
    }
}

/// The commands in the document print what stands below them.
#[test]
fn the_document_is_right() {
    let path = root().join("docs/allocation.md");
    let text = std::fs::read_to_string(&path).unwrap();
    let trace = text.split("```tir\n").nth(1).and_then(|t| t.split("```").next()).unwrap();
    let file = temporary("example.tir", trace.as_bytes());
    let mut fresh = String::new();
    for (i, part) in text.split("```console\n").enumerate() {
        if i == 0 {
            fresh.push_str(part);
            continue;
        }
        let (block, rest) = part.split_once("```").unwrap();
        let command = block.lines().next().unwrap();
        let words: Vec<&str> = command.split(' ').skip(3).collect();
        let words: Vec<&str> =
            words.into_iter().map(|w| if w == "example.tir" { &file } else { w }).collect();
        let output = prints(&words);
        fresh.push_str(&format!("```console\n{command}\n{}\n```{rest}", output.trim_end()));
    }
    if std::env::var_os("TIERLAB_REGENERATE").is_some() {
        std::fs::write(&path, fresh).unwrap();
    } else {
        assert!(fresh == text, "docs/allocation.md is out of date; it says how to write it anew");
    }
}
