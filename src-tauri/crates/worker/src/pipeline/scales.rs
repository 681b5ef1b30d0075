//! The decoded source and the sizes derived from it, each computed once and kept only as long
//! as something is still derived from it.

use cropmark_rules::{
    Fault,
    derive::Derivation,
    geometry::Size,
    operation::{Kernel, Operation},
    protocol::Job,
};

use super::{
    Context, Start,
    proxy::{BASE_BYTES, is_single},
    steps::DECODE,
};
use crate::{
    canvas::Canvas,
    color,
    decode::{Opened, Reduction},
    ops,
    orientation::{upright, upright_now},
    os::memory,
};

/// The pixels that variants start from.
pub(super) struct Scales<'a> {
    opened: &'a Opened,
    job: &'a Job,
    derivation: &'a Derivation,
    context: &'a Context<'a>,
    base: Option<Result<Canvas, Fault>>,
    /// How many starts and scales still read the base.
    base_readers: usize,
    finished: Vec<Option<Canvas>>,
    /// How many starts and scales still read each scale.
    readers: Vec<usize>,
    shared: Vec<bool>,
    random: bool,
}

impl<'a> Scales<'a> {
    pub(super) fn new(
        opened: &'a Opened,
        job: &'a Job,
        derivation: &'a Derivation,
        wanted: &[usize],
        context: &'a Context<'a>,
    ) -> Self {
        let count = derivation.scales.len();
        let mut scales = Self {
            opened,
            job,
            derivation,
            context,
            base: None,
            base_readers: 0,
            finished: vec![None; count],
            readers: vec![0; count],
            shared: Vec::new(),
            random: false,
        };
        let starts = super::starts(job, derivation, wanted);
        for start in &starts {
            match start.scale {
                Some(scale) => scales.readers[scale] += 1,
                None => scales.base_readers += 1,
            }
        }
        // A scale that anybody reads reads its parent; children stand behind their parents.
        for scale in (0..count).rev() {
            if scales.readers[scale] > 0 {
                match derivation.scales[scale].parent {
                    Some(parent) => scales.readers[parent] += 1,
                    None => scales.base_readers += 1,
                }
            }
        }
        scales.shared = scales.readers.iter().map(|readers| *readers > 1).collect();
        // A single reader that only scales takes the rows as they come; all else reads freely.
        let whole = starts.iter().any(|start| start.scale.is_none());
        let in_part = (0..count).any(|scale| scales.is_too_large(scale));
        scales.random = scales.base_readers > 1 || whole || in_part || opened.header.frames > 1;
        scales
    }

    /// The pixels of a start: its chain done up to its depth.
    pub(super) fn start(&mut self, start: &Start) -> Result<Canvas, Fault> {
        let Some(scale) = start.scale else { return self.whole() };
        let from = self.derivation.scales[scale].from;
        let order = &self.job.variants[start.variants[0]];
        let operation = &order.operations[start.depth - 1];
        let Operation::Resize(rule) = operation else { return self.scale(scale) };
        self.context.check_resize(rule, from)?;
        let scaled = self.scale(scale)?;
        // A box that is filled with a colour needs to know in which colours.
        let scaled = if ops::is_geometry(operation) {
            scaled
        } else {
            color::to_working(scaled, order.encoding.color)?
        };
        ops::resize::finish(rule, from, scaled, self.context)
    }

    /// The whole source, upright.
    fn whole(&mut self) -> Result<Canvas, Fault> {
        let faces = self.context.faces(self.opened)?;
        let base = self.base()?;
        let orientation = self.opened.orientation(&self.job.rules);
        let mut canvas = upright(base, orientation)?;
        (canvas.focal, canvas.faces) = (self.job.focal, faces);
        Ok(canvas)
    }

    fn scale(&mut self, index: usize) -> Result<Canvas, Fault> {
        let canvas = match self.finished[index].clone() {
            Some(canvas) => canvas,
            None => self.compute(index)?,
        };
        self.readers[index] = self.readers[index].saturating_sub(1);
        self.finished[index] = (self.readers[index] > 0).then(|| canvas.clone());
        Ok(canvas)
    }

    fn compute(&mut self, index: usize) -> Result<Canvas, Fault> {
        let derivation = self.derivation;
        let scale = &derivation.scales[index];
        // Larger than a side may be: only the part that is kept of it is computed.
        let in_part = self.is_too_large(index);
        let canvas = if let Some(parent) = scale.parent {
            let parent = self.scale(parent)?;
            resized(parent, scale.size, scale.kernel)?
        } else if scale.prefix == 0 && !in_part {
            self.scaled_source(scale.size, scale.kernel, self.shared[index])?
        } else {
            let mut canvas = self.whole()?;
            for operation in &self.job.variants[scale.variant].operations[..scale.prefix] {
                canvas = ops::apply(operation, canvas, self.context)?;
            }
            resized(canvas, scale.size, scale.kernel)?
        };
        if self.shared[index] && !in_part { canvas.materialize() } else { Ok(canvas) }
    }

    fn is_too_large(&self, scale: usize) -> bool {
        let size = self.derivation.scales[scale].size;
        self.context.check_size(size).is_err()
            || size.width.max(size.height) > ops::crop::LONGEST_LOOKED_AT
    }

    /// The source scaled as it is stored and turned upright after, when there is less to turn.
    /// `in_order`: it will be needed whole and in memory, so it may as well be computed now, row
    /// after row.
    fn scaled_source(
        &mut self,
        size: Size,
        kernel: Kernel,
        in_order: bool,
    ) -> Result<Canvas, Fault> {
        let faces = self.context.faces(self.opened)?;
        let orientation = self.opened.orientation(&self.job.rules);
        let stored = if orientation >= 5 { size.turned() } else { size };
        let base = self.base()?;
        // One thread that computes all asks for the rows in order, and the decoder keeps enough
        // of them. Keeping copies for the reduction took 1 % of a job's time.
        let is_only_reader = !self.random && self.base.is_none() && self.context.proxy().is_none();
        let canvas = if is_only_reader
            && self.opened.is_small()
            && stored.pixels() <= base.size().pixels()
        {
            at_once(base, |base| resized(base, stored, kernel))?
        } else if in_order && is_moderate(base.size(), stored) {
            straight_through(base, |base| resized(base, stored, kernel))?
        } else {
            resized(base, stored, kernel)?
        };
        let mut canvas = if in_order {
            upright_now(canvas, orientation)?
        } else {
            upright(canvas, orientation)?
        };
        (canvas.focal, canvas.faces) = (self.job.focal, faces);
        Ok(canvas)
    }

    fn base(&mut self) -> Result<Canvas, Fault> {
        let base = self.base.take().unwrap_or_else(|| self.load());
        self.base_readers = self.base_readers.saturating_sub(1);
        if self.base_readers > 0 {
            self.base = Some(base.clone());
        }
        base
    }

    fn load(&self) -> Result<Canvas, Fault> {
        let reduction = Reduction {
            shrink: self.derivation.shrink,
            density: self.derivation.density,
            random: self.random,
        };
        let bytes = self.opened.decoded_bytes(reduction);
        let format = self.opened.format;
        let proxy = self.context.proxy().filter(|_| bytes <= BASE_BYTES);
        if let Some(canvas) = proxy.and_then(|proxy| proxy.base(format, reduction)) {
            return Ok(canvas);
        }
        // A picture this large does not fit into what is kept from earlier jobs: that would only
        // stand beside it.
        if bytes > memory::KEPT_BYTES {
            self.context.make_room();
            if self.random {
                memory::give_back();
            }
        }
        let steps = &self.context.steps;
        let random = self.random || proxy.is_some() || steps.are_measured();
        let canvas = self.opened.load(&self.job.rules, Reduction { random, ..reduction })?;
        let canvas = if random { canvas.materialize()? } else { canvas };
        steps.note(DECODE);
        if let Some(proxy) = proxy.filter(|_| is_single(&canvas)) {
            proxy.keep_base(format, reduction, &canvas);
        }
        Ok(canvas)
    }
}

/// A reduction of rows that come in order, computed by one reader from top to bottom. The mark is
/// there again on the result: what libvips makes of an image later, such as which of several
/// equally good places a smart crop takes, must not depend on how it was come by.
fn straight_through(
    canvas: Canvas,
    reduce: impl FnOnce(Canvas) -> Result<Canvas, Fault>,
) -> Result<Canvas, Fault> {
    let marked = canvas.first().is_sequential();
    let mut reduced = reduce(canvas.sequential(false)?)?;
    if marked {
        reduced = reduced.sequential(true)?;
    }
    Ok(reduced)
}

/// A reduction of few pixels, computed on this thread; nothing else reads the canvas. As in
/// [`straight_through`], no copies of rows are kept and the mark is there again on the result.
fn at_once(
    canvas: Canvas,
    reduce: impl FnOnce(Canvas) -> Result<Canvas, Fault>,
) -> Result<Canvas, Fault> {
    let marked = canvas.first().is_sequential();
    canvas.frames.iter().for_each(|frame| frame.mark_sequential(false));
    let reduced = reduce(canvas)?.materialize_here()?;
    reduced.frames.iter().for_each(|frame| frame.mark_sequential(marked));
    Ok(reduced)
}

/// Whether a reduction looks at few enough rows at once to read them straight from the decoder.
fn is_moderate(from: Size, to: Size) -> bool {
    let moderate = |from: u32, to: u32| to < from && from <= to.saturating_mul(4);
    moderate(from.width, to.width) && moderate(from.height, to.height)
}

fn resized(canvas: Canvas, size: Size, kernel: Kernel) -> Result<Canvas, Fault> {
    let extent = canvas.extent();
    canvas.map(|frame| ops::resize::scale_covered(frame, extent, size, kernel))
}
