//! What operations may ask for besides the canvas: limits, and the files that overlays name.

use std::{
    cell::{OnceCell, RefCell},
    collections::BTreeMap,
    os::fd::AsFd as _,
    os::fd::OwnedFd,
};

use cropmark_rules::{
    ColorSpace, Fault, FaultCode, Limits, SourceRules,
    geometry::{self, Size},
    operation::Resize,
    protocol::Job,
    value::FaceBox,
};

use super::{
    faces,
    proxy::{Proxies, Proxy},
    steps::{FACES, Steps},
};
use crate::{
    canvas::Canvas,
    color,
    content::Content,
    decode::{self, Opened, Reduction},
    orientation::upright,
};

/// What a job has besides its source and its chains.
pub(crate) struct Context<'a> {
    /// What the job must keep to.
    pub(crate) limits: &'a Limits,
    job: &'a Job,
    files: &'a [OwnedFd],
    overlays: RefCell<BTreeMap<String, Canvas>>,
    proxies: Option<&'a RefCell<Proxies>>,
    faces: OnceCell<Vec<FaceBox>>,
    pub(super) steps: Steps,
}

impl<'a> Context<'a> {
    /// Returns the context of a job whose message came with `files`.
    pub(crate) fn new(job: &'a Job, files: &'a [OwnedFd]) -> Self {
        Self {
            limits: &job.limits,
            job,
            files,
            overlays: RefCell::default(),
            proxies: None,
            faces: OnceCell::new(),
            steps: Steps::default(),
        }
    }

    /// Returns the context with the pixels that are kept between jobs.
    pub(crate) fn with_proxies(self, proxies: &'a RefCell<Proxies>) -> Self {
        Self { proxies: Some(proxies), ..self }
    }

    /// Returns the context with each step measured, or not.
    pub(crate) fn measuring(self, measures: bool) -> Self {
        Self { steps: Steps::new(measures), ..self }
    }

    /// Returns the kept pixels of this job's source, if pixels of it are to be kept.
    pub(super) fn proxy(&self) -> Option<Proxy<'a>> {
        let source = self.job.proxy?;
        Some(Proxy { source, job: self.job, files: self.files, proxies: self.proxies? })
    }

    /// Returns the source's faces: those that the user has set, or those that are found. None where
    /// no wanted chain asks for them.
    pub(super) fn faces(&self, opened: &Opened) -> Result<Vec<FaceBox>, Fault> {
        if let Some(faces) = self.faces.get() {
            return Ok(faces.clone());
        }
        let faces = match &self.job.faces {
            _ if !faces::are_wanted(self.job) => Vec::new(),
            Some(faces) => faces.clone(),
            None => {
                let find = || faces::find(opened, &self.job.rules);
                let faces = self.proxy().map_or_else(find, |proxy| proxy.faces(find))?;
                self.steps.note(FACES);
                faces
            }
        };
        Ok(self.faces.get_or_init(|| faces).clone())
    }

    /// Drops the pixels that are kept between jobs.
    pub(super) fn make_room(&self) {
        if let Some(proxies) = self.proxies {
            proxies.borrow_mut().clear();
        }
    }

    /// Refuses a size that is over the limits.
    pub(crate) fn check_size(&self, size: Size) -> Result<(), Fault> {
        let longest = size.width.max(size.height);
        if longest > self.limits.side || size.pixels() > self.limits.source_pixels {
            return Err(Fault::new(
                FaultCode::TooLarge,
                format!(
                    "The result would be {} x {} pixels, which is over the limit of {} a side and \
                     {} in all. Make the operation's size smaller.",
                    size.width, size.height, self.limits.side, self.limits.source_pixels
                ),
            ));
        }
        Ok(())
    }

    /// Refuses a resize whose result is over the limits, or of which too much would be computed:
    /// where a part of the scaled image is kept, that is the part, unless all of it must be looked
    /// at to find the part.
    pub(crate) fn check_resize(&self, rule: &Resize, from: Size) -> Result<(), Fault> {
        let resized = geometry::resize(rule, from);
        let Some(cropped) = resized.cropped else { return self.check_size(resized.scaled) };
        let longest = resized.scaled.width.max(resized.scaled.height);
        let looks_at_all = rule.gravity.looks_at_content();
        let pixels = if looks_at_all { resized.scaled.pixels() } else { 0 };
        if longest >= geometry::LONGEST_SIDE || pixels > self.limits.source_pixels {
            return self.check_size(resized.scaled);
        }
        self.check_size(cropped)
    }

    /// Returns an overlay's image, upright, in working colours and in memory. It is decoded once a job.
    pub(crate) fn overlay(&self, name: &str, space: ColorSpace) -> Result<Canvas, Fault> {
        if let Some(canvas) = self.overlays.borrow().get(name) {
            return Ok(canvas.clone());
        }
        let canvas = self.open_overlay(name, space)?;
        self.overlays.borrow_mut().insert(name.to_owned(), canvas.clone());
        Ok(canvas)
    }

    fn open_overlay(&self, name: &str, space: ColorSpace) -> Result<Canvas, Fault> {
        let missing = || {
            Fault::new(
                FaultCode::Invalid,
                format!("The overlay '{name}' was not given to the worker."),
            )
        };
        let named = |fault: Fault| {
            Fault::new(fault.code, format!("The overlay '{name}': {}", fault.message))
        };
        let index = *self.job.files.get(name).ok_or_else(missing)?;
        let file = self.files.get(index).ok_or_else(missing)?;
        let opened = Content::open(file.as_fd());
        let opened =
            opened.and_then(|content| decode::open(content, self.limits)).map_err(named)?;
        let rules = SourceRules::default();
        let reduction = Reduction { shrink: 1, density: 1.0, random: true };
        let canvas = opened.load(&rules, reduction).map_err(named)?;
        let canvas = upright(canvas, opened.orientation(&rules)).map_err(named)?;
        color::to_working(canvas, space).and_then(Canvas::materialize).map_err(named)
    }
}
