//! JPEG XL, to read, where libvips was built with libjxl.

use cropmark_rules::Format;

use super::ImageFormat;

pub(super) struct Jxl;

impl ImageFormat for Jxl {
    fn format(&self) -> Format {
        Format::Jxl
    }

    fn loader(&self) -> &'static str {
        "jxlload_source"
    }
}
