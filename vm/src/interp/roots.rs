//! When garbage is collected, and what is kept.
//!
//! Terms. Built-in code, traces and the recorder are *suspended* while a nested run executes Python code that
//! they called. *Precise* built-ins keep all that they need across such a call in `temp_roots`, in cells that stand
//! there, or on the value stack; the calls of others are *quiet*. What quiet code, traces and the recorder hold in
//! variables and registers nobody can ask for.
//!
//! Collection therefore has two forms. At a safe point below which nobody is suspended but precise built-ins,
//! everything is freed that the roots do not reach. Otherwise one thing is known of whoever is suspended: what
//! it holds had been allocated when the run began that suspended it. So the first request in such a run
//! *keeps* all cells that there are ([`crate::heap::Kept`]), and every further one in the same run frees what has
//! been allocated since and is not reached. When the run ends, whoever was suspended takes up its values, new ones too:
//! what was kept for it is forgotten.
//!
//! A loop of quiet code whose callbacks are short has no such run for long: garbage then waits for the end of the
//! loop, and so does the request. So built-ins that call back once per item are precise, and call [`Vm::safe_point_of_builtin`] between
//! items. Comparing, searching and showing containers run below code of all kinds: they have two forms, and that of
//! instructions and precise built-ins is precise (`…_collecting`). Hashing is quiet.
//!
//! Invariants. A collection never runs between the allocation of a cell and its first use by code that is not
//! suspended. What is kept is closed: a kept cell refers to kept cells, or is scanned.

use super::Vm;
use crate::error::{PyError, PyResult};
use crate::heap::Kept;
use crate::interrupt;
use crate::memory;
use crate::object::Tuple;
use crate::value::Value;

/// What a run began with.
#[derive(Clone, Copy, Default)]
pub(super) struct RunStart {
    /// Quiet calls below.
    quiet: usize,
    /// Whether a trace or the recorder is suspended below.
    hooks_out: bool,
    /// Stack index from which on the words are the run's own.
    sp: usize,
}

/// What is kept for whoever is suspended below a run.
pub(super) struct KeptBelow {
    /// How many runs are nested in which it holds.
    depth: usize,
    cells: Kept,
}

/// Who is suspended at a safe point.
enum Suspended {
    /// Precise code alone.
    Nobody,
    /// Code below the run that executes.
    Below,
    /// Code that called no nested run: it goes on within this very run.
    Here,
}

impl Vm {
    /// Does what was asked for: a collection, or raising an interrupt, or that memory has run out. Only at
    /// safe points.
    #[cold]
    #[inline(never)]
    pub(crate) fn safe_point(&mut self) -> PyResult<()> {
        interrupt::check()?;
        if !self.heap.collects_idly() || memory::is_short() {
            self.collect();
        }
        if memory::is_short() && !memory::settle() {
            // What the exception frees brings the reserve back.
            self.heap.request_collection();
            return Err(PyError::memory());
        }
        Ok(())
    }

    /// A safe point of a precise built-in: all that it needs from here on is rooted, and it was called by the
    /// interpreter, or by code that is as precise.
    #[inline(always)]
    pub(crate) fn safe_point_of_builtin(&mut self) -> PyResult<()> {
        if self.heap.collect_requested() { self.safe_point() } else { Ok(()) }
    }

    /// A safe point of a native iterator on its way to the next item, which holds nothing that its object does not
    /// refer to. There is none where other quiet code asked for the item.
    #[inline]
    pub(crate) fn safe_point_of_native(&mut self) -> PyResult<()> {
        let asked = self.put_off || self.heap.collect_requested();
        if !asked || self.quiet != self.run_start.quiet + 1 {
            return Ok(());
        }
        self.quiet -= 1;
        self.put_off = false;
        let result = self.safe_point();
        self.quiet += 1;
        result
    }

    /// Holds values as roots while something is done.
    #[inline]
    pub(crate) fn holding<T>(&mut self, values: &[Value], f: impl FnOnce(&mut Vm) -> T) -> T {
        let roots = self.temp_roots.len();
        self.temp_roots.extend_from_slice(values);
        let result = f(self);
        self.temp_roots.truncate(roots);
        result
    }

    /// Holds values that are replaced now and then, by [`Hold::set`].
    #[inline]
    pub(crate) fn holding_each<T, const N: usize>(
        &mut self,
        values: [Value; N],
        f: impl FnOnce(&mut Vm, [Hold; N]) -> T,
    ) -> T {
        let roots = self.temp_roots.len();
        self.temp_roots.extend_from_slice(&values);
        let result = f(self, std::array::from_fn(|i| Hold(roots + i)));
        self.temp_roots.truncate(roots);
        result
    }

    /// Collects garbage now, as far as that is possible. Only at safe points.
    pub fn collect(&mut self) {
        match self.suspended() {
            Suspended::Nobody => {
                let mut roots = self.heap.take_root_buffer();
                self.visit_roots(0, &mut |value| roots.push(value));
                self.heap.collect(roots, None);
            }
            Suspended::Below => self.collect_above(),
            // The request waits until they are done. It turns a trace out, and does not stay for quiet code,
            // which would turn traces out of their loops meanwhile.
            Suspended::Here if self.hooks_out() && !self.run_start.hooks_out => {}
            Suspended::Here => {
                self.put_off = true;
                self.heap.settle_request();
            }
        }
    }

    /// Collects what has been allocated since the run's first request, which this may be.
    fn collect_above(&mut self) {
        let depth = self.nested_runs;
        match self.kept.pop() {
            Some(kept) if kept.depth == depth => {
                let mut roots = self.heap.take_root_buffer();
                // What lies below the run is as old as who left it there.
                self.visit_roots(self.run_start.sp, &mut |value| roots.push(value));
                self.heap.collect(roots, Some(&kept.cells));
                self.kept.push(kept);
            }
            outer if !self.heap.worth_keeping() => {
                self.kept.extend(outer);
                self.put_off = true;
                self.heap.settle_request();
            }
            outer => {
                self.kept.extend(outer);
                let cells = self.heap.keep();
                self.kept.push(KeptBelow { depth, cells });
            }
        }
    }

    fn suspended(&self) -> Suspended {
        let start = self.run_start;
        if self.quiet > start.quiet || self.hooks_out() && !start.hooks_out {
            Suspended::Here
        } else if self.quiet > 0 || self.hooks_out() {
            Suspended::Below
        } else {
            Suspended::Nobody
        }
    }

    /// Whether a trace runs, or the recorder.
    fn hooks_out(&self) -> bool {
        self.has_hooks && self.hooks.is_none()
    }

    /// Executes the frame that has just been pushed, in a run of its own.
    pub(super) fn nested_run<T>(&mut self, f: impl FnOnce(&mut Vm) -> T) -> T {
        let sp = self.frames.last().map_or(0, |frame| frame.return_sp as usize);
        self.suspending(sp, f)
    }

    /// Does what a trace calls: for the collector, a run of its own.
    pub(crate) fn called_by_trace<T>(&mut self, f: impl FnOnce(&mut Vm) -> T) -> T {
        let sp = self.sp();
        self.suspending(sp, f)
    }

    /// Does something during which whatever called it is suspended.
    #[inline(always)]
    fn suspending<T>(&mut self, sp: usize, f: impl FnOnce(&mut Vm) -> T) -> T {
        let start = RunStart { quiet: self.quiet, hooks_out: self.hooks_out(), sp };
        let start = std::mem::replace(&mut self.run_start, start);
        let recording = std::mem::replace(&mut self.recording, false);
        self.nested_runs += 1;
        let result = f(self);
        self.nested_runs -= 1;
        self.recording = recording;
        self.run_start = start;
        if self.kept.last().is_some_and(|kept| kept.depth > self.nested_runs) {
            self.kept.pop();
            // The request that was answered by keeping is still to be met, as soon as nobody is suspended.
            self.put_off = true;
        }
        self.request_again();
        result
    }

    /// Does something that holds references nobody knows of.
    pub(crate) fn quietly<T>(&mut self, f: impl FnOnce(&mut Vm) -> T) -> T {
        self.quiet += 1;
        let result = f(self);
        self.quiet -= 1;
        self.request_again();
        result
    }

    /// Makes a request that was put off again, where the run's own code goes on.
    #[inline(always)]
    fn request_again(&mut self) {
        if self.put_off && self.quiet == self.run_start.quiet {
            self.put_off = false;
            self.heap.request_collection();
        }
    }

    /// Calls anything callable, for built-in code that holds references in Rust variables.
    pub fn call_quiet(&mut self, callable: Value, args: &[Value]) -> PyResult<Value> {
        self.quietly(|vm| vm.call(callable, args))
    }

    /// The same with names for the last arguments.
    pub(crate) fn call_names_quiet(
        &mut self,
        callable: Value,
        args: &[Value],
        names: Option<Tuple>,
    ) -> PyResult<Value> {
        self.quietly(|vm| vm.call_names(callable, args, names))
    }

    /// Visits the roots, those of the value stack from `sp` on.
    fn visit_roots(&self, sp: usize, visit: &mut dyn FnMut(Value)) {
        self.stack.words(sp, self.sp()).iter().for_each(|&v| visit(v));
        self.temp_roots.iter().for_each(|&v| visit(v));
        visit(self.handled);
        visit(self.sys_modules);
        self.error.iter().for_each(|error| visit(error.value));
        self.type_roots(visit);
        self.interned.values().for_each(|&v| visit(v));
        self.builtin_objects.iter().for_each(|&v| visit(v));
        self.builtins.values().for_each(|cell| visit(cell.get()));
        for module in &self.modules {
            visit(module.object);
            module.namespace.values().for_each(|cell| visit(cell.get()));
        }
        for code in &self.codes {
            code.consts.iter().for_each(|&v| visit(v));
            code.names.iter().for_each(|&v| visit(v));
        }
        if let Some(hooks) = &self.hooks {
            hooks.roots(visit);
        }
    }
}

/// The place of a value that [`Vm::holding_each`] holds.
#[derive(Clone, Copy)]
pub(crate) struct Hold(usize);

impl Hold {
    /// Holds another value instead.
    #[inline(always)]
    pub(crate) fn set(self, vm: &mut Vm, value: Value) {
        if let Some(slot) = vm.temp_roots.get_mut(self.0) {
            *slot = value;
        }
    }
}
