//! The image on its way through a chain: its frames, and what is known about them.

use cropmark_rules::{
    ColorSpace, Fault, FaultCode,
    geometry::{Rect, Size},
    value::{FaceBox, Point},
};

use crate::vips::{Call, Image};

/// Which colours the frames are in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Space {
    /// As the source has them; geometry only.
    Source,
    /// Eight-bit grey or RGB (with or without alpha, not premultiplied) of the output's space.
    Working(ColorSpace),
}

/// An image in the middle of a chain: one frame, or the frames of an animation.
#[derive(Debug, Clone)]
pub(crate) struct Canvas {
    /// The frames, all of one size. Never empty.
    pub(crate) frames: Vec<Image>,
    /// The size that the chain counts in. It differs from the frames' own only before the first
    /// resize of a source that was decoded smaller; operations that meet such a canvas are
    /// those that [`cropmark_rules::derive`] knows to commute with scaling.
    pub(crate) nominal: Size,
    /// Milliseconds a frame, for animations.
    pub(crate) delays: Vec<i32>,
    /// How often an animation plays; 0 is for ever.
    pub(crate) repeats: Option<i32>,
    /// The asset's focal point as a share of the sides; it moves with crops and turns.
    pub(crate) focal: Option<Point>,
    /// The source's faces in shares of the sides, where the chain asks for them; they move along too.
    pub(crate) faces: Vec<FaceBox>,
    /// The parts that operations have kept because of what the pixels show, in their order.
    pub(crate) windows: Vec<Rect>,
    /// Which colours the frames are in.
    pub(crate) space: Space,
    /// What the user should know of what was done so far.
    pub(crate) notes: Vec<String>,
}

impl Canvas {
    /// The first frame: what content-aware choices look at, so that they hold for all frames.
    pub(crate) fn first(&self) -> &Image {
        &self.frames[0]
    }

    /// Bytes of the frames' pixels.
    pub(crate) fn bytes(&self) -> u64 {
        let frame = self.first();
        let pixel = u64::from(frame.bands()) * u64::from(frame.depth().div_ceil(8));
        self.size().pixels() * pixel * self.frames.len() as u64
    }

    /// The size of the frames in pixels.
    pub(crate) fn size(&self) -> Size {
        Size { width: self.first().width(), height: self.first().height() }
    }

    /// Returns how many of the frames' own pixels the image fills, across and down. A source decoded at
    /// half its size of 2379 rows has 1190, but the last is only half covered: 1189.5.
    pub(crate) fn extent(&self) -> (f64, f64) {
        let size = self.size();
        let covered = |nominal: u32, actual: u32| {
            let (nominal, actual) = (f64::from(nominal), f64::from(actual));
            let exact = nominal / (nominal / actual).round().max(1.0);
            if (exact - actual).abs() < 1.0 { exact } else { actual }
        };
        (covered(self.nominal.width, size.width), covered(self.nominal.height, size.height))
    }

    /// Moves the focal point and the faces along with the pixels, in shares of the sides.
    pub(crate) fn move_along(&mut self, to: impl Fn(Point) -> Point) {
        self.focal = self.focal.map(&to);
        for face in &mut self.faces {
            *face = face.moved(&to);
        }
    }

    /// Whether the frames have an alpha channel.
    pub(crate) fn has_alpha(&self) -> bool {
        self.first().has_alpha()
    }

    /// Changes every frame alike; the nominal size becomes the frames' own.
    pub(crate) fn map(
        mut self,
        mut change: impl FnMut(&Image) -> crate::vips::Result<Image>,
    ) -> Result<Self, Fault> {
        for frame in &mut self.frames {
            *frame = change(frame).map_err(fault)?;
        }
        self.nominal = self.size();
        Ok(self)
    }

    /// Makes grey frames RGB, for operations that add colour.
    pub(crate) fn colored(self) -> Result<Self, Fault> {
        if self.first().bands() >= 3 {
            return Ok(self);
        }
        self.map(|frame| Call::new("colourspace").image("in", frame).text("space", "srgb").output())
    }

    /// Adds a solid alpha channel where there is none.
    pub(crate) fn with_alpha(self) -> Result<Self, Fault> {
        if self.has_alpha() {
            return Ok(self);
        }
        self.map(|frame| Call::new("addalpha").image("in", frame).output())
    }

    /// Sets or removes the mark that rows can only be read in order (see [`Image::sequential`]).
    pub(crate) fn sequential(mut self, sequential: bool) -> Result<Self, Fault> {
        for frame in &mut self.frames {
            *frame = frame.sequential(sequential).map_err(fault)?;
        }
        Ok(self)
    }

    /// Computes all pixels now on this thread (see [`Image::materialize_here`]).
    pub(crate) fn materialize_here(mut self) -> Result<Self, Fault> {
        for frame in &mut self.frames {
            *frame = frame.materialize_here().map_err(fault)?;
        }
        Ok(self)
    }

    /// Computes all pixels now, so that several steps can read them.
    pub(crate) fn materialize(mut self) -> Result<Self, Fault> {
        for frame in &mut self.frames {
            *frame = frame.materialize().map_err(fault)?;
        }
        Ok(self)
    }
}

/// Makes a fault of the source from an error of libvips: the arguments of operations are checked
/// before they run, so that only broken pixels or too little memory are left as reasons.
#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
pub(crate) fn fault(error: crate::vips::Error) -> Fault {
    let text = error.0.lines().next().unwrap_or_default();
    let memory = ["out of memory", "cannot allocate", "unable to allocate"];
    let lower = error.0.to_lowercase();
    if memory.iter().any(|sign| lower.contains(sign)) {
        return Fault::new(
            FaultCode::OutOfMemory,
            format!("The picture needs more memory than a worker may use ({text})."),
        );
    }
    if lower.contains("creating thread") || lower.contains("unable to create thread") {
        return no_threads();
    }
    missing_codec(text).unwrap_or_else(|| {
        Fault::new(
            FaultCode::Unreadable,
            format!("The picture's data is damaged or incomplete ({text})."),
        )
    })
}

/// The fault of a picture that could not be tried, because the system starts no more threads.
pub(crate) fn no_threads() -> Fault {
    let message = "The system starts no more threads. Raise the limit (`ulimit -u`), end other \
                   programs, or use fewer workers.";
    Fault::new(FaultCode::Busy, message)
}

/// Numbers of codecs that libtiff does not name (TIFF's tag 259).
const CODECS: [(&str, &str); 10] = [
    ("7", "JPEG"),
    ("32809", "ThunderScan"),
    ("33003", "JPEG 2000"),
    ("33004", "JPEG 2000"),
    ("33005", "JPEG 2000"),
    ("34712", "JPEG 2000"),
    ("34892", "lossy JPEG"),
    ("34933", "PNG"),
    ("34934", "JPEG XR"),
    ("50002", "JPEG XL"),
];

/// The fault of a file that is whole and whose codec this build has not, by what libtiff or
/// libheif said.
pub(crate) fn missing_codec(text: &str) -> Option<Fault> {
    let said = text.rsplit_once(": ").map_or(text, |(_, said)| said);
    let by_number = || {
        let number = said.strip_prefix("Compression scheme ")?.split(' ').next()?;
        let known = CODECS.iter().find(|(known, _)| *known == number);
        Some(known.map_or_else(|| format!("method {number}"), |(_, name)| (*name).to_owned()))
    };
    let by_name = || {
        let (name, _) = said.split_once(" compression support is not configured")?;
        Some(name.to_owned())
    };
    let by_feature = || text.contains("Unsupported codec").then(|| "another codec".to_owned());
    let codec = by_number().or_else(by_name).or_else(by_feature)?;
    Some(Fault::new(
        FaultCode::Unsupported,
        format!(
            "The picture is compressed with {codec}, which cannot be read by this build: save it \
             with another compression, or as JPEG or PNG."
        ),
    ))
}
