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

/// `while x < n: x = x + h` on floats; `y` is another float that only goes round.
pub const FLOAT_LOOP: &str = r#"
trace loop "float.py:4" entry s0
block0(%0: ref, %1: ref, %2: ref, %3: ref):
  jump block1(%0, %1, %2, %3)
block1(%x: ref, %n: ref, %h: ref, %y: ref):
  %a = copy_ref %x
  %b = copy_ref %n
  %fa = unbox_f64 %a -> exit s2
  %fb = unbox_f64 %b -> exit s2
  guard_lt_f64 %fa, %fb -> exit s2
  %c = copy_ref %x
  %d = copy_ref %h
  %fc = unbox_f64 %c -> exit s3
  %fd = unbox_f64 %d -> exit s3
  %sum = add_f64 %fc, %fd
  %boxed = box_f64 %sum -> exit s3
  %x2 = copy_ref %boxed
  jump block1(%x2, %n, %h, %y)
snapshots:
  s0 = code 0 @4 height 4 { 0: %0, 1: %1, 2: %2, 3: %3 }
  s1 = code 0 @4 height 4 { 0: %x, 1: %n, 2: %h, 3: %y }
  s2 = code 0 @6 height 6 { 0: %x, 1: %n, 2: %h, 3: %y, 4: %a, 5: %b }
  s3 = code 0 @9 height 6 { 0: %x, 1: %n, 2: %h, 3: %y, 4: %c, 5: %d }
"#;

/// `for v in items: total += v; out[0] = total` with ints.
pub const LIST_LOOP: &str = r#"
trace loop "list.py:7" entry s0
block0(%0: ref, %1: ref, %2: ref, %3: ref):
  jump block1(%0, %1, %2, %3)
block1(%total: ref, %out: ref, %items: ref, %state: ref):
  guard_class %items class 4 -> exit s1
  %i = untag %state
  %len = load_i64 %items +7 !2
  guard_index %i, %len -> exit s1
  %base = load_i64 %items +15 !2
  %v = load_ref_index %base, %i +0 !3
  %next = add %i, 1
  %nextw = tag %next -> exit s1
  %t = copy_ref %total
  %x = unbox_i64 %t -> exit s3
  %y = unbox_i64 %v -> exit s3
  %sum = add_ovf %x, %y -> exit s3
  %sumw = tag %sum -> exit s3
  %total2 = copy_ref %sumw
  %w = copy_ref %total2
  guard_class %out class 4 -> exit s4
  %outlen = load_i64 %out +7 !2
  guard_index 0, %outlen -> exit s4
  %outbase = load_i64 %out +15 !2
  store_ref_index %outbase, 0, %w +0 !3
  jump block1(%total2, %out, %items, %nextw)
snapshots:
  s0 = code 0 @4 height 5 { 1: %0, 2: %1, 3: %2, 4: %3 }
  s1 = code 0 @4 height 5 { 1: %total, 2: %out, 3: %items, 4: %state }
  s3 = code 0 @7 height 7 { 1: %total, 2: %out, 3: %items, 4: %nextw, 5: %t, 6: %v }
  s4 = code 0 @12 height 7 { 1: %total2, 2: %out, 3: %items, 4: %nextw, 5: %w, 6: %out }
"#;

/// A side trace that re-boxes what its parent's exit hands over, computes, and goes back.
pub const SIDE: &str = r#"
trace side 0.2 "side.py:9"
block0(%i: i64, %x: f64, %l: ref):
  %iw = tag %i -> exit s0
  %xw = box_f64 %x -> exit s0
  %a = copy_ref %iw
  %ai = unbox_i64 %a -> exit s1
  %r = floor_mod %ai, 8 -> exit s1
  %rw = tag %r -> exit s1
  %b = copy_ref %xw
  %bf = unbox_f64 %b -> exit s2
  %s = mul_f64 %bf, %bf
  %sw = box_f64 %s -> exit s2
  %ri = unbox_i64 %rw -> exit s3
  %sf = unbox_f64 %sw -> exit s3
  jump_trace T0(%ri, %sf, %l)
snapshots:
  s0 = code 0 @20 height 3 { 0: %i, 1: %x, 2: %l }
  s1 = code 0 @21 height 4 { 0: %iw, 1: %xw, 2: %l, 3: %a }
  s2 = code 0 @25 height 4 { 0: %rw, 1: %xw, 2: %l, 3: %b }
  s3 = code 0 @4 height 3 { 0: %rw, 1: %sw, 2: %l }
"#;
