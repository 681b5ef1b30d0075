//! Chooses how the page is drawn: by the graphics card where there is one, else by the processor.
//!
//! Without one, the page's engine composes its layers with a program that imitates a card. A
//! scrolled grid of thumbnails then takes all of two cores and comes to 27 frames a second, where
//! plain drawing by the processor keeps 60 with half the work.

use std::{env, fs, path::Path};

/// The variable that makes the page's engine draw without compositing. Its setting of the same
/// meaning comes too late: a view that was made for a card then gets no wheel events.
const PLAINLY: &str = "WEBKIT_DISABLE_COMPOSITING_MODE";

/// Where the system shows its graphics cards.
const CARDS: &str = "/dev/dri";

/// The proprietary driver's card, which is not always among them.
const NVIDIA: &str = "/dev/nvidia0";

/// Switches compositing off where there is no card, unless the environment says otherwise. Must be
/// called before any thread is started, because it changes the environment.
pub(crate) fn choose() {
    let imitated = env::var_os("LIBGL_ALWAYS_SOFTWARE").is_some_and(|value| value != "0");
    if env::var_os(PLAINLY).is_none()
        && (imitated || !has_card(Path::new(CARDS), Path::new(NVIDIA)))
    {
        // Where it cannot be set, the page is only slower.
        let _ = glib::setenv(PLAINLY, "1", false);
    }
}

/// Whether this computer has a card that draws. A card without a node `renderD…` only shows
/// pictures.
fn has_card(cards: &Path, nvidia: &Path) -> bool {
    let is_renderer = |entry: fs::DirEntry| {
        entry.file_name().to_str().is_some_and(|name| name.starts_with("renderD"))
    };
    let nodes = fs::read_dir(cards).into_iter().flatten();
    nvidia.exists() || nodes.filter_map(Result::ok).any(is_renderer)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_card_is_one_that_draws() {
        let folder = env::temp_dir().join(format!("cropmark-cards-{}", std::process::id()));
        let (cards, nvidia) = (folder.join("dri"), folder.join("nvidia0"));
        assert!(!has_card(&cards, &nvidia), "there is not even a folder");
        fs::create_dir_all(&cards).unwrap();
        fs::write(cards.join("card0"), "").unwrap();
        assert!(!has_card(&cards, &nvidia), "it only shows");
        fs::write(&nvidia, "").unwrap();
        assert!(has_card(&cards, &nvidia));
        fs::remove_file(&nvidia).unwrap();
        fs::write(cards.join("renderD128"), "").unwrap();
        assert!(has_card(&cards, &nvidia));
        fs::remove_dir_all(folder).unwrap();
    }
}
