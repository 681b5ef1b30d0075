//! Netpbm's PBM, PGM, PPM and PAM, plain and binary, through the `image` crate.

use std::io::Cursor;

use cropmark_rules::{Fault, Format};
use image::codecs::pnm::PnmDecoder;

use super::{
    Load,
    decoder::{Decoder, Picture},
    image_crate,
};
use crate::vips::Levels;

pub(super) struct Pnm;

impl Decoder for Pnm {
    const FORMAT: Format = Format::Pnm;

    fn describe(&self, bytes: &[u8], _page: u32) -> Result<Picture, Fault> {
        image_crate::describe(Self::FORMAT, PnmDecoder::new(Cursor::new(bytes)))
    }

    fn decode(&self, bytes: &[u8], load: &Load<'_>) -> Result<(Picture, Levels), Fault> {
        image_crate::decode(Self::FORMAT, PnmDecoder::new(Cursor::new(bytes)), load)
    }
}
