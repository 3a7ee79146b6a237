//! Traces as the recorder writes them, for the tests of passes.

/// `for i in range(n): total += i`.
pub const SUM_RANGE: &str = r#"
trace loop "sum_range.py:3" entry s0
block0(%0: ref, %1: ref, %2: ref):
  jump block1(%0, %1, %2)
block1(%total: ref, %range: ref, %state: ref):
  guard_class %range class 3 -> exit s1
  %cur = untag %state
  %step = load_i64 %range +23
  guard_eq_i64 %step, 1 -> exit s1
  %stop = load_i64 %range +15
  guard_lt_i64 %cur, %stop -> exit s1
  %next = add %cur, 1
  %nextw = tag %next -> exit s1
  %i = copy_ref %state
  %t = copy_ref %total
  %j = copy_ref %i
  %x = unbox_i64 %t -> exit s3
  %y = unbox_i64 %j -> exit s3
  %sum = add_ovf %x, %y -> exit s3
  %sumw = tag %sum -> exit s3
  %total2 = copy_ref %sumw
  jump block1(%total2, %range, %nextw)
snapshots:
  s0 = code 0 @4 height 5 { 1: %0, 3: %1, 4: %2 }
  s1 = code 0 @4 height 5 { 1: %total, 3: %range, 4: %state }
  s3 = code 0 @7 height 7 { 1: %total, 2: %i, 3: %range, 4: %nextw, 5: %t, 6: %j }
"#;
