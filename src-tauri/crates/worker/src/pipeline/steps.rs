//! How long each step of a variant takes. libvips computes pixels when they are asked for; to measure a
//! step, its pixels are computed at once.

use std::{
    cell::{Cell, RefCell},
    time::Instant,
};

use cropmark_rules::{Fault, protocol::StepTime};

use crate::canvas::Canvas;

/// The names of steps that are no operations.
pub(super) const FACES: &str = "faces";
pub(super) const DECODE: &str = "decode";
pub(super) const COLORS: &str = "colours";
pub(super) const ENCODE: &str = "encode";

/// The steps that were measured, if any are.
#[derive(Debug, Default)]
pub(super) struct Steps {
    measures: bool,
    began: Cell<Option<Instant>>,
    times: RefCell<Vec<StepTime>>,
}

impl Steps {
    pub(super) fn new(measures: bool) -> Self {
        Self { measures, ..Self::default() }
    }

    pub(super) fn are_measured(&self) -> bool {
        self.measures
    }

    /// Begins a variant's steps.
    pub(super) fn begin(&self) {
        self.began.set(Some(Instant::now()));
        self.times.borrow_mut().clear();
    }

    /// Computes the pixels of a step, where steps are measured, and notes its time.
    pub(super) fn end(&self, name: &str, canvas: Canvas) -> Result<Canvas, Fault> {
        if !self.measures {
            return Ok(canvas);
        }
        let canvas = canvas.materialize()?;
        self.note(name);
        Ok(canvas)
    }

    /// Notes the time of a step that is done, or of its second part.
    pub(super) fn note(&self, name: &str) {
        let now = Instant::now();
        if let Some(began) = self.began.replace(Some(now)).filter(|_| self.measures) {
            let milliseconds = (now - began).as_secs_f64() * 1000.0;
            let mut times = self.times.borrow_mut();
            match times.last_mut().filter(|last| last.name == name) {
                Some(last) => last.milliseconds += milliseconds,
                None => times.push(StepTime { name: name.to_owned(), milliseconds }),
            }
        }
    }

    /// Takes the steps of a variant that is finished.
    pub(super) fn take(&self) -> Vec<StepTime> {
        std::mem::take(&mut *self.times.borrow_mut())
    }
}
