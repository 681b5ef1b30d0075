//! Options without a counterpart, and the reason of each.

/// Options that say how a request is answered, not how the picture looks.
const OF_REQUESTS: [&str; 10] = [
    "cachebuster",
    "cb",
    "expires",
    "exp",
    "filename",
    "fn",
    "return_attachment",
    "att",
    "hashsum",
    "hs",
];

/// Limits, which are settings of the program here.
const OF_LIMITS: [&str; 10] = [
    "max_src_resolution",
    "msr",
    "max_src_file_size",
    "msfs",
    "max_animation_frames",
    "maf",
    "max_animation_frame_resolution",
    "mafr",
    "max_result_dimension",
    "mrd",
];

/// Options of imgproxy Pro that have no counterpart.
const OF_PRO: [&str; 60] = [
    "objects_position",
    "obj_pos",
    "op",
    "crop_aspect_ratio",
    "crop_ar",
    "car",
    "background_alpha",
    "bga",
    "adjust",
    "a",
    "brightness",
    "br",
    "contrast",
    "co",
    "saturation",
    "sa",
    "monochrome",
    "mc",
    "duotone",
    "dt",
    "unsharp_masking",
    "ush",
    "blur_areas",
    "ba",
    "blur_detections",
    "bd",
    "draw_detections",
    "dd",
    "colorize",
    "col",
    "gradient",
    "gr",
    "watermark_url",
    "wmu",
    "watermark_text",
    "wmt",
    "watermark_size",
    "wms",
    "watermark_rotate",
    "wmr",
    "watermark_shadow",
    "wmsh",
    "style",
    "st",
    "autoquality",
    "aq",
    "jpeg_options",
    "jpgo",
    "png_options",
    "pngo",
    "webp_options",
    "webpo",
    "avif_options",
    "avifo",
    "pages",
    "pgs",
    "fallback_image_url",
    "fiu",
    "video_thumbnail_second",
    "vts",
];

/// Says why an option sets nothing.
pub(super) fn reason(name: &str) -> String {
    if OF_REQUESTS.contains(&name) {
        "it is about requests, not about the picture".to_owned()
    } else if OF_LIMITS.contains(&name) {
        "limits are settings of the program".to_owned()
    } else if OF_PRO.contains(&name) {
        "this option of imgproxy Pro has no counterpart".to_owned()
    } else if matches!(name, "enforce_thumbnail" | "eth") {
        "thumbnails within files are not used".to_owned()
    } else {
        "imgproxy has no option of this name".to_owned()
    }
}
