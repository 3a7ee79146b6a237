//! Makes a program smaller while something stays true of it.
//!
//! The units are lines with what is indented below them. A unit is left out, or only its first line
//! so that its body takes its place; a block that would be empty gets `pass`. Units are tried in runs
//! whose length is halved when none can go any more.

/// The smallest program found of which `keeps` is true; it is asked at most `most` times.
pub(super) fn shrink(source: &str, most: usize, keeps: &mut dyn FnMut(&str) -> bool) -> String {
    let mut lines: Vec<String> =
        source.lines().filter(|l| !l.trim().is_empty()).map(str::to_string).collect();
    let mut left = most;
    let mut run = (lines.len() / 4).max(1);
    loop {
        let mut changed = false;
        let mut at = 0;
        while at < lines.len() && left > 0 {
            let candidates = [without(&lines, at, run), unwrapped(&lines, at)];
            let smaller = candidates.into_iter().flatten().find_map(|candidate| {
                left = left.checked_sub(1)?;
                let text = text(&candidate);
                keeps(&text).then_some(candidate)
            });
            match smaller {
                Some(smaller) => {
                    changed = true;
                    lines = smaller;
                }
                None => at += 1,
            }
        }
        if left == 0 || (!changed && run == 1) {
            return text(&lines);
        }
        if !changed {
            run = (run / 2).max(1);
        }
    }
}

fn text(lines: &[String]) -> String {
    lines.iter().map(|l| format!("{l}\n")).collect()
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The end of the unit that begins at a line.
fn unit_end(lines: &[String], at: usize) -> usize {
    let own = indent(&lines[at]);
    let below = lines[at + 1..].iter().take_while(|l| indent(l) > own).count();
    at + 1 + below
}

/// The program without `count` units from a line on.
fn without(lines: &[String], at: usize, count: usize) -> Option<Vec<String>> {
    let own = indent(&lines[at]);
    let mut end = at;
    for _ in 0..count {
        if end >= lines.len() || indent(&lines[end]) != own {
            break;
        }
        end = unit_end(lines, end);
    }
    let mut kept = lines[..at].to_vec();
    let header = kept.last().is_some_and(|l| l.ends_with(':') && indent(l) < own);
    if header && lines.get(end).is_none_or(|l| indent(l) < own) {
        if lines[at].trim() == "pass" {
            return None;
        }
        kept.push(format!("{}pass", " ".repeat(own)));
    }
    kept.extend_from_slice(&lines[end..]);
    Some(kept)
}

/// The program with a block in place of its header.
fn unwrapped(lines: &[String], at: usize) -> Option<Vec<String>> {
    let (own, end) = (indent(&lines[at]), unit_end(lines, at));
    if end == at + 1 {
        return None;
    }
    let shift = indent(&lines[at + 1]) - own;
    let mut kept = lines[..at].to_vec();
    kept.extend(lines[at + 1..end].iter().map(|l| l[shift..].to_string()));
    // Handlers of a `try`, or the other branches, go with the header.
    let clauses = ["except", "finally", "else", "elif"];
    let mut next = end;
    while next < lines.len()
        && indent(&lines[next]) == own
        && clauses.iter().any(|c| lines[next].trim_start().starts_with(c))
    {
        next = unit_end(lines, next);
    }
    kept.extend_from_slice(&lines[next..]);
    Some(kept)
}

#[cfg(test)]
mod tests {
    use super::shrink;

    #[test]
    fn what_does_not_matter_goes() {
        let source = "a = 1\nfor i in x:\n    try:\n        b(i)\n        c(i)\n    except E:\n        d\n\ne\n";
        let small = shrink(source, 1000, &mut |text| text.contains("c(i)"));
        assert_eq!(small, "c(i)\n");
        let small =
            shrink(source, 1000, &mut |text| text.contains("for i") && !text.contains("\n\n"));
        assert_eq!(small, "for i in x:\n    pass\n");
        assert_eq!(shrink(source, 0, &mut |_| true).lines().count(), 8);
    }
}
