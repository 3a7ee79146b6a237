//! A strategy that may give up, with one behind it that does not.
//!
//! A strategy can refuse a trace (too few registers for what it does, a search that is not over in
//! time). A tier then takes what [`crate::stack`] makes of it, and *counts* that: a measurement
//! of a strategy that did not run would be a lie. Where `stack` gives up too, so does the pair.

use crate::stack::Stack;
use crate::{AllocError, Allocation, Input, Strategy};
use tierlab_trace::backend::AllocationFallbacks;

/// The name of the strategy that steps in.
pub const FALLBACK: &str = "stack";

/// A strategy and `stack` behind it.
pub struct WithFallback {
    strategy: Box<dyn Strategy>,
    stack: Stack,
    fallbacks: AllocationFallbacks,
}

impl WithFallback {
    /// The strategy with `stack` behind it.
    pub fn new(strategy: Box<dyn Strategy>) -> WithFallback {
        WithFallback { strategy, stack: Stack::default(), fallbacks: Default::default() }
    }

    /// The name of the strategy in front.
    pub fn name(&self) -> &'static str {
        self.strategy.name()
    }

    /// Allocates one trace into `out`. Where the strategy gave up, its reason is returned and counted, and
    /// `out` is what `stack` made. An error is that of `stack`.
    pub fn allocate(
        &mut self,
        input: &Input,
        out: &mut Allocation,
    ) -> Result<Option<AllocError>, AllocError> {
        let reason = match self.strategy.allocate(input, out) {
            Ok(()) => return Ok(None),
            Err(reason) if self.strategy.name() == FALLBACK => return Err(reason),
            Err(reason) => reason,
        };
        self.stack.allocate(input, out)?;
        self.fallbacks.count += 1;
        self.fallbacks.last = Some(format!("{}: {reason}", self.strategy.name()));
        Ok(Some(reason))
    }

    /// Allocates a trace again, counting nothing, by the one who did it: `stack` if the strategy
    /// gave up then.
    pub fn again(
        &mut self,
        gave_up: bool,
        input: &Input,
        out: &mut Allocation,
    ) -> Result<(), AllocError> {
        if gave_up { self.stack.allocate(input, out) } else { self.strategy.allocate(input, out) }
    }

    /// How often `stack` stepped in.
    pub fn fallbacks(&self) -> &AllocationFallbacks {
        &self.fallbacks
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::checker::check;
    use crate::{Allowed, Constraint, RegFile};
    use tierlab_trace::parse::parse_trace;

    struct GivesUp;

    impl Strategy for GivesUp {
        fn name(&self) -> &'static str {
            "gives-up"
        }

        fn allocate(&mut self, _: &Input, _: &mut Allocation) -> Result<(), AllocError> {
            Err(AllocError::TooFewRegisters { op: 1, needed: 9 })
        }
    }

    const TRACE: &str = r#"
trace side 0.0 "a.py:1"
block0(%0: i64):
  %1: i64 = add %0, %0
  exit s0
snapshots:
  s0 = code 0 @4 height 1 { 0: %1 }
"#;

    fn file(constraint: fn(tierlab_trace::ops::Opcode) -> &'static Constraint) -> RegFile {
        RegFile { ints: 0, floats: 0, constraint, immediate: |_, _, _| false }
    }

    #[test]
    fn stack_steps_in_and_is_counted() {
        let trace = parse_trace(TRACE, &Default::default()).expect("it parses");
        let file = file(|_| &Constraint::ANY);
        let input = Input { trace: &trace, file: &file, incoming: None };
        let mut pair = WithFallback::new(Box::new(GivesUp));
        let mut out = Allocation::default();
        let reason = AllocError::TooFewRegisters { op: 1, needed: 9 };
        assert_eq!(pair.allocate(&input, &mut out), Ok(Some(reason.clone())));
        assert_eq!(check(&input, &out), Ok(()));
        assert_eq!(pair.again(true, &input, &mut out), Ok(()));
        assert_eq!(pair.again(false, &input, &mut out), Err(reason));
        assert_eq!(pair.fallbacks().count, 1);
        let last = pair.fallbacks().last.as_deref();
        assert_eq!(last, Some("gives-up: op %1 needs 9 registers at once"));
    }

    #[test]
    fn who_does_not_give_up_is_left_alone() {
        let trace = parse_trace(TRACE, &Default::default()).expect("it parses");
        let file = file(|_| &Constraint::ANY);
        let input = Input { trace: &trace, file: &file, incoming: None };
        let mut pair = WithFallback::new(crate::strategy("linear-scan").expect("there is one"));
        assert_eq!(pair.allocate(&input, &mut Allocation::default()), Ok(None));
        assert_eq!(*pair.fallbacks(), AllocationFallbacks::default());
    }

    #[test]
    fn where_stack_gives_up_too_the_trace_is_refused() {
        static REGISTERS: Constraint =
            Constraint { operands: [Allowed::REGISTER; 3], ..Constraint::ANY };
        let trace = parse_trace(TRACE, &Default::default()).expect("it parses");
        let file = file(|_| &REGISTERS);
        let input = Input { trace: &trace, file: &file, incoming: None };
        for name in ["stack", "linear-scan"] {
            let mut pair = WithFallback::new(crate::strategy(name).expect("there is one"));
            let error = pair.allocate(&input, &mut Allocation::default());
            assert!(matches!(error, Err(AllocError::TooFewRegisters { op: 1, .. })), "{error:?}");
            assert_eq!(pair.fallbacks().count, 0);
        }
    }
}
