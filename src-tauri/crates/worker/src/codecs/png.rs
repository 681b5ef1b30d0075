//! PNG.

use cropmark_rules::Encoding;

use crate::vips::Call;

const EFFORT: u8 = 6;

pub(super) fn saver(encoding: &Encoding) -> Call {
    let effort = encoding.effort.unwrap_or(EFFORT).min(9);
    let call = Call::new("pngsave_buffer")
        .number("compression", effort)
        .flag("interlace", encoding.progressive.unwrap_or(false));
    if !encoding.palette {
        return call.text("filter", "all").number("bitdepth", 8);
    }
    // Quality is the least that the palette must reach; 1–10 are libvips' steps of effort.
    call.flag("palette", true)
        .number("Q", encoding.quality.unwrap_or(100))
        .number("effort", effort.clamp(1, 10))
}
