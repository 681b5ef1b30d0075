//! The pictures that the window shows of assets: built-in rules, rendered by workers, kept in the
//! store under their keys like any variant.

use std::{collections::BTreeMap, time::SystemTime};

use cropmark_engine::{
    presets::OverlayFiles,
    render::{Purpose, RenderJob, keep},
};
use cropmark_rules::{
    Chroma, ContentHash, Encoding, Fault, Format, FormatRule, Frames, Key, Metadata, Operation,
    SourceRules,
    key::{KeyInputs, key},
    operation::{Flatten, Resize},
    plan::PlannedVariant,
    protocol::Header,
    value::{Color, Length},
};
use cropmark_store::{PictureBrief, VariantBytes};

use super::{Library, OpenAsset};
use crate::{
    context::blocking,
    screen::{self, busy},
};

/// The longest side of a picture in pixels, where all pixels are not wanted.
const MOST_PIXELS: u32 = 8192;

/// The most pixels of all frames of an animation together; it is shown smaller then.
const MOST_ANIMATED: f64 = 48e6;

/// An animation is not shown smaller than this; frames are left out instead.
const LEAST_ANIMATED: f64 = 320.0;

/// The longest side that WebP can have.
const WEBP_SIDE: u32 = 16_383;

/// A built-in rule: how the source is read, changed and encoded.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Recipe {
    rules: SourceRules,
    operations: Vec<Operation>,
    encoding: Encoding,
}

impl Recipe {
    /// A small picture for tiles: quick to make and to show. The first frame of animations.
    pub(super) fn thumbnail(picture: &PictureBrief, pixels: u32) -> Self {
        let format = if picture.alpha { Format::Webp } else { Format::Jpeg };
        let effort = picture.alpha.then_some(0);
        Self {
            rules: SourceRules { frames: Frames::Count(1), ..SourceRules::default() },
            operations: vec![inside(pixels.clamp(1, MOST_PIXELS))],
            encoding: Encoding { effort, ..plain(format) },
        }
    }

    /// A faithful picture to compare with, at most `pixels` on its longer side (0: all).
    /// Animations stay animations.
    pub(super) fn original(header: &Header, pixels: u32) -> Self {
        if header.frames > 1 && !header.delays.is_empty() {
            return Self::animation(header, pixels);
        }
        let (width, height) = header.upright_size();
        let limit = if pixels == 0 { width.max(height) } else { pixels.clamp(1, MOST_PIXELS) };
        // Photographs as JPEG that looks like the original; pictures with alpha are mostly drawn
        // ones, which stay lossless.
        let encoding = if header.alpha {
            Encoding { effort: Some(1), ..plain(Format::Png) }
        } else {
            Encoding { quality: Some(92), chroma: Some(Chroma::Full), ..plain(Format::Jpeg) }
        };
        let shrinks = limit < width.max(height);
        Self {
            rules: SourceRules { frames: Frames::Count(1), ..SourceRules::default() },
            operations: if shrinks { vec![inside(limit)] } else { Vec::new() },
            encoding,
        }
    }

    fn animation(header: &Header, pixels: u32) -> Self {
        let (width, height) = header.upright_size();
        let longest = width.max(height);
        let asked = if pixels == 0 { longest } else { pixels.min(longest) };
        let asked = f64::from(asked.min(WEBP_SIDE));
        let scale = asked / f64::from(longest.max(1));
        let area = f64::from(width) * f64::from(height) * scale * scale;
        let total = area * f64::from(header.frames);
        let side = (asked * (MOST_ANIMATED / total).sqrt().min(1.0)).max(LEAST_ANIMATED.min(asked));
        let frames = MOST_ANIMATED / (area * (side / asked) * (side / asked)).max(1.0);
        let frames = whole(frames).clamp(1, header.frames);
        let frames = if frames < header.frames { Frames::Count(frames) } else { Frames::All };
        let side = whole(side).max(1);
        Self {
            rules: SourceRules { frames, ..SourceRules::default() },
            operations: if side < longest { vec![inside(side)] } else { Vec::new() },
            encoding: Encoding { quality: Some(90), effort: Some(0), ..plain(Format::Webp) },
        }
    }

    /// A lossless picture to compute with, at most `pixels` on its longer side (0: all). The first
    /// frame of animations.
    pub(super) fn lossless(header: &Header, pixels: u32) -> Self {
        let (width, height) = header.upright_size();
        let shrinks = pixels > 0 && pixels < width.max(height);
        let operations = if shrinks { vec![inside(pixels)] } else { Vec::new() };
        Self { operations, ..Self::png() }
    }

    /// All pixels, lossless, in the format that every program reads. The first frame of animations.
    pub(super) fn png() -> Self {
        Self {
            rules: SourceRules { frames: Frames::Count(1), ..SourceRules::default() },
            operations: Vec::new(),
            encoding: Encoding { effort: Some(1), ..plain(Format::Png) },
        }
    }

    /// A tiny uncompressed bitmap, over this colour where there is alpha.
    pub(super) fn bitmap(pixels: u32, over: Option<Color>) -> Self {
        let flatten = over.map(|background| Operation::Flatten(Flatten { background }));
        Self {
            rules: SourceRules { frames: Frames::Count(1), ..SourceRules::default() },
            operations: [inside(pixels)].into_iter().chain(flatten).collect(),
            encoding: plain(Format::Bmp),
        }
    }

    /// The key of the picture of this content.
    pub(super) fn key(&self, content: ContentHash) -> Key {
        key(&KeyInputs {
            source: content,
            rules: &self.rules,
            focal: None,
            faces: None,
            operations: &self.operations,
            encoding: &self.encoding,
            files: &BTreeMap::new(),
        })
    }

    /// The picture as a variant of the source with this content.
    pub(super) fn variant(&self, content: ContentHash) -> PlannedVariant {
        PlannedVariant {
            generator: String::new(),
            theme: None,
            variation: None,
            eager: false,
            rules: self.rules.clone(),
            operations: self.operations.clone(),
            encoding: self.encoding.clone(),
            size: None,
            files: BTreeMap::new(),
            parameters: BTreeMap::new(),
            key: self.key(content),
        }
    }
}

fn plain(format: Format) -> Encoding {
    Encoding { metadata: Metadata::Strip, ..Encoding::new(FormatRule::Named(format)) }
}

fn inside(pixels: u32) -> Operation {
    let side = Some(Length::Pixels(f64::from(pixels)));
    Operation::Resize(Resize { width: side, height: side, ..Resize::default() })
}

#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "a float too large for the type becomes its largest value"
)]
fn whole(number: f64) -> u32 {
    number as u32
}

impl Library {
    /// A picture that is kept. Blocks.
    pub(super) fn kept(&self, key: Key) -> Option<VariantBytes> {
        let found = self.inner.context.store().variant_bytes(key, SystemTime::now());
        found.inspect_err(|error| tracing::warn!(%error, "a picture is rendered again")).ok()?
    }

    /// A picture of an asset: the kept one, or rendered now. Dropping the future cancels the
    /// rendering. `keeps_decoded`: whether more pictures of the asset follow, as in comparing.
    pub(super) async fn render(
        &self,
        asset: &OpenAsset,
        recipe: &Recipe,
        keeps_decoded: bool,
    ) -> Result<VariantBytes, Fault> {
        let variant = recipe.variant(asset.facts().content_hash);
        let (key, format) = (variant.key, variant.encoding.format);
        let library = self.clone();
        let prepared = blocking(move || match library.kept(key) {
            Some(kept) => Ok(Err(kept)),
            None => screen::target(library.inner.context.store(), key, format).map(Ok),
        });
        let target = match prepared.await.map_err(|error| busy(&error))?? {
            Ok(target) => target,
            Err(kept) => return Ok(kept),
        };
        let engine = self.inner.context.engine().map_err(|error| busy(&error))?;
        let purpose = Purpose::Preview { keeps_decoded };
        let job = RenderJob::one(asset.known.clone(), &variant, OverlayFiles::default(), purpose);
        let store = self.inner.context.store().clone();
        screen::render(engine, job, target, move |verified, bytes| {
            let rendered = verified.rendered.clone();
            match keep(&store, key, verified, purpose) {
                Ok(Some(_)) => {}
                Ok(None) => store.insert_hot(key, &bytes, &rendered),
                Err(error) => tracing::warn!(%error, "a picture is not kept"),
            }
            VariantBytes { bytes, rendered }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(width: u32, height: u32, frames: u32, alpha: bool) -> Header {
        let delays = vec![100; frames as usize];
        serde_json::from_value(serde_json::json!({
            "format": "png", "width": width, "height": height, "frames": frames, "bands": 4,
            "depth": 8, "alpha": alpha, "space": "srgb", "profile": null, "orientation": 1,
            "delays": delays, "repeats": 0, "metadata": {}
        }))
        .unwrap()
    }

    fn side(recipe: &Recipe) -> Option<f64> {
        let Operation::Resize(resize) = recipe.operations.first()? else { panic!("no resize") };
        let Some(Length::Pixels(side)) = resize.width else { panic!("no pixels") };
        Some(side)
    }

    #[test]
    fn animations_are_bounded_by_size_first_and_then_by_frames() {
        let small = Recipe::original(&header(200, 100, 10, true), 0);
        assert_eq!((side(&small), small.rules.frames), (None, Frames::All));
        let large = Recipe::original(&header(4000, 3000, 100, true), 2000);
        let shown = side(&large).unwrap();
        assert!((700.0..900.0).contains(&shown), "{shown}");
        assert_eq!(large.rules.frames, Frames::All);
        let long = Recipe::original(&header(400, 400, 10_000, false), 0);
        assert_eq!(side(&long), Some(320.0));
        assert_eq!(long.rules.frames, Frames::Count(468));
    }

    #[test]
    fn keys_tell_sizes_and_formats_apart_and_all_pixels_need_no_resize() {
        let picture = |alpha| PictureBrief::from(&header(400, 300, 1, alpha));
        let (a, b) = (ContentHash::of(b"a"), ContentHash::of(b"b"));
        let keys = [
            Recipe::thumbnail(&picture(false), 256).key(a),
            Recipe::thumbnail(&picture(true), 256).key(a),
            Recipe::thumbnail(&picture(true), 128).key(a),
            Recipe::thumbnail(&picture(true), 128).key(b),
        ];
        let different: std::collections::BTreeSet<_> = keys.iter().collect();
        assert_eq!(different.len(), keys.len());
        let whole = Recipe::original(&header(400, 300, 1, false), 0);
        assert_eq!(whole, Recipe::original(&header(400, 300, 1, false), 400));
        assert_eq!(side(&whole), None);
    }
}
