//! PDF, and Illustrator's files that hold one, drawn by `hayro`: one page, at any density, on a
//! transparent ground.
//!
//! Fonts that a document names without holding them are drawn in the fonts that come with the crate.
//! Nothing outside of the document is read.

use cropmark_rules::{Fault, FaultCode, Format};
use hayro::{
    PixmapSettings, RenderCache, RenderSettings,
    hayro_interpret::InterpreterSettings,
    hayro_syntax::{
        LoadPdfError, Pdf as Document,
        page::{Page, Pages},
    },
    render,
    vello_cpu::peniko::ImageAlphaType,
};

use super::{
    Load,
    decoder::{Decoder, Model, Picture, broken, unsupported},
};
use crate::vips::Levels;

/// What is added to a number of pixels, so that rounding down gives that number again.
const A_LITTLE: f32 = 0.01;

pub(super) struct Pdf;

impl Decoder for Pdf {
    const FORMAT: Format = Format::Pdf;

    fn describe(&self, bytes: &[u8], page: u32) -> Result<Picture, Fault> {
        let document = opened(bytes)?;
        let pages = document.pages();
        Ok(described(single(pages, page)?, pages.len()))
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        let document = opened(bytes)?;
        let pages = document.pages();
        let page = single(pages, load.page)?;
        let picture = self.drawn(described(page, pages.len()), load);
        let (own_width, own_height) = page.render_dimensions();
        let settings = PixmapSettings {
            x_scale: stretch(picture.width, own_width)?,
            y_scale: stretch(picture.height, own_height)?,
            ..PixmapSettings::default()
        };
        // Letters keep their shapes at every size.
        let drawing = RenderSettings { hinting: false, ..RenderSettings::default() };
        let interpreting = InterpreterSettings::default();
        let cache = RenderCache::new();
        let pixels = render(page, &cache, &interpreting, &drawing, &settings);
        Ok((picture, Levels::Bytes(pixels.take_rgba8(ImageAlphaType::Alpha))))
    }

    fn drawn(&self, picture: Picture, load: &Load<'_>) -> Picture {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a float too large for the type becomes its largest value"
        )]
        let scaled = |side: u32| (f64::from(side) * load.scale).round().max(1.0) as u32;
        Picture { width: scaled(picture.width), height: scaled(picture.height), ..picture }
    }
}

fn opened(bytes: &[u8]) -> Result<Document, Fault> {
    Document::new(bytes.to_vec()).map_err(|error| match error {
        LoadPdfError::Decryption(_) => {
            unsupported(Format::Pdf, "it is protected by a password or a method of encryption")
        }
        LoadPdfError::Invalid => broken(Format::Pdf, "its pages cannot be found"),
    })
}

fn single<'d, 'p>(pages: &'p Pages<'d>, page: u32) -> Result<&'p Page<'d>, Fault> {
    let page = usize::try_from(page).ok().and_then(|page| pages.get(page));
    page.ok_or_else(|| broken(Format::Pdf, "it has no such page"))
}

/// The page in points, of which 72 are an inch.
fn described(page: &Page<'_>, pages: usize) -> Picture {
    let (width, height) = page.render_dimensions();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a float too large for the type becomes its largest value"
    )]
    let whole = |side: f32| side.round().max(1.0) as u32;
    let picture = Picture::new(whole(width), whole(height), Model::Rgb, true, 8);
    Picture { frames: u32::try_from(pages).unwrap_or(u32::MAX), ..picture }
}

/// By what a side is multiplied to have so many pixels.
fn stretch(pixels: u32, own: f32) -> Result<f32, Fault> {
    let pixels = u16::try_from(pixels).map_err(|_| {
        Fault::new(
            FaultCode::TooLarge,
            format!(
                "The page is to be drawn {pixels} pixels wide or high, and {} are the most. Choose a \
                 lower 'source.density'.",
                u16::MAX
            ),
        )
    })?;
    Ok((f32::from(pixels) + A_LITTLE) / own)
}
