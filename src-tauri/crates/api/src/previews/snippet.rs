//! Texts for web pages: an asset's variants as a `<picture>` element and as JSON.

use std::{collections::BTreeMap, fmt::Write as _, sync::Arc};

use cropmark_rules::{
    Format, FormatRule, Key,
    geometry::Size,
    naming::{NameFacts, NameTemplate},
    plan::PlannedVariant,
    protocol::Rendered,
};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, PercentEncode, utf8_percent_encode};
use serde_json::json;

use super::{Inner, Previews};
use crate::{
    ApiError,
    context::blocking,
    model::{Snippet, SnippetArguments},
    variant::variation_name,
};

/// Ratios that differ by less than this are one picture in several sizes: sizes are whole pixels.
const SAME_RATIO: f64 = 0.02;

impl Previews {
    /// Writes the texts for a web page with a generator's variants of an asset.
    pub(crate) async fn snippet(&self, arguments: SnippetArguments) -> Result<Snippet, ApiError> {
        let SnippetArguments { asset: id, file, generator, template, base } = arguments;
        let (asset, plan, parameters) = self.resolve_all(id, &file, &generator).await?;
        // The page also works without a placeholder.
        let thumbhash = self.inner.library.thumbhash(id).await.ok();
        let parameters: Vec<&str> = parameters.iter().map(String::as_str).collect();
        let template = NameTemplate::parse(&template, &parameters)
            .map_err(|error| ApiError::invalid(error.to_string()))?;
        let keys = plan.variants.iter().map(|variant| variant.key).collect();
        let inner = Arc::clone(&self.inner);
        let kept = blocking(move || found(&inner, keys)).await??;
        let sources: Vec<Source> = plan
            .variants
            .iter()
            .zip(kept)
            .filter_map(|(variant, kept)| source(variant, kept, &asset.facts().path, &template))
            .collect();
        let texts = &asset.facts().texts;
        let html = html(&sources, &base, thumbhash.as_deref(), &texts.alt);
        let manifest = json!({
            "source": asset.facts().path,
            "generator": generator,
            "title": Some(&texts.title).filter(|text| !text.is_empty()),
            "alt": Some(&texts.alt).filter(|text| !text.is_empty()),
            "thumbhash": thumbhash,
            "variants": sources.iter().map(|source| json!({
                "variation": source.variation,
                "url": format!("{base}{}", encoded(&source.name)),
                "name": source.name,
                "type": source.format.facts().media_type,
                "width": source.size.map(|size| size.width),
                "height": source.size.map(|size| size.height),
                "bytes": source.bytes,
            })).collect::<Vec<_>>(),
        });
        let manifest = serde_json::to_string_pretty(&manifest)
            .map_err(|error| ApiError::system(error.to_string()))?;
        Ok(Snippet { html, manifest, thumbhash })
    }
}

/// The headers of variants that are in memory or in the store.
fn found(inner: &Inner, keys: Vec<Key>) -> Result<Vec<Option<Rendered>>, ApiError> {
    let recent: Vec<_> = keys.iter().map(|key| inner.recent.get(*key)).collect();
    let kept = inner.context.store().look_up(keys)?;
    let kept = kept.into_iter().map(|variant| variant.map(|variant| variant.rendered));
    Ok(kept.zip(recent).map(|(kept, recent)| kept.or(recent.map(|one| one.rendered))).collect())
}

/// A file of the page.
#[derive(Debug, Clone)]
struct Source {
    theme: Option<String>,
    variation: Option<String>,
    name: String,
    format: Format,
    size: Option<Size>,
    bytes: Option<u64>,
}

/// `None` where only the result knows the format, and there is none yet.
fn source(
    variant: &PlannedVariant,
    kept: Option<Rendered>,
    path: &str,
    template: &NameTemplate,
) -> Option<Source> {
    let format = match (&kept, variant.encoding.format) {
        (Some(kept), _) => kept.format,
        (None, FormatRule::Named(format)) => format,
        (None, _) => return None,
    };
    let size = kept.as_ref().map(|kept| Size::new(kept.width, kept.height)).or(variant.size);
    let name = template.path(&NameFacts {
        generator: &variant.generator,
        theme: variant.theme.as_deref(),
        variation: variant.variation.as_deref(),
        path,
        format,
        size: size.unwrap_or(Size::new(1, 1)),
        key: variant.key,
        parameters: &variant.parameters,
    });
    Some(Source {
        theme: variant.theme.clone(),
        variation: variation_name(variant),
        name,
        format,
        size,
        bytes: kept.map(|kept| kept.bytes),
    })
}

/// One `<picture>` for each theme and ratio: what differs in more than size is another picture.
fn html(sources: &[Source], base: &str, thumbhash: Option<&str>, alt: &str) -> String {
    let mut pictures: Vec<Vec<&Source>> = Vec::new();
    let mut unknown = 0;
    for source in sources {
        let Some(size) = source.size else {
            unknown += 1;
            continue;
        };
        let same = pictures.iter_mut().find(|picture| {
            let first = picture[0];
            first.theme == source.theme
                && first
                    .size
                    .is_some_and(|other| (ratio(other) / ratio(size) - 1.0).abs() < SAME_RATIO)
        });
        match same {
            Some(picture) => picture.push(source),
            None => pictures.push(vec![source]),
        }
    }
    let several = pictures.len() > 1;
    let mut text = String::new();
    if sources.is_empty() || unknown > 0 {
        text.push_str(
            "<!-- Look at every variant once: only its result tells its size or format. -->\n",
        );
    }
    for picture in &pictures {
        if several {
            let names: Vec<&str> =
                picture.iter().filter_map(|source| source.variation.as_deref()).collect();
            let mut names = names;
            names.dedup();
            let _ = writeln!(text, "<!-- {} -->", comment(&names.join(", ")));
        }
        text.push_str(&element(picture, base, thumbhash, alt));
    }
    text
}

fn ratio(size: Size) -> f64 {
    f64::from(size.width) / f64::from(size.height)
}

/// One `<picture>`: a `<source>` a format, in the order of the preset, and an `<img>` with what
/// every browser shows.
fn element(picture: &[&Source], base: &str, thumbhash: Option<&str>, alt: &str) -> String {
    let mut formats: Vec<Format> = Vec::new();
    for source in picture {
        if !formats.contains(&source.format) {
            formats.push(source.format);
        }
    }
    let of = |format: Format| {
        let mut by_width: BTreeMap<u32, &Source> = BTreeMap::new();
        for source in picture.iter().filter(|source| source.format == format) {
            if let Some(size) = source.size {
                by_width.entry(size.width).or_insert(source);
            }
        }
        by_width
    };
    let url = |source: &Source| attribute(&format!("{base}{}", encoded(&source.name)));
    let set = |format: Format| {
        let candidates = of(format);
        let urls = candidates.iter().map(|(width, source)| format!("{} {width}w", url(source)));
        urls.collect::<Vec<_>>().join(", ")
    };
    let support = |format: &Format| format.facts().browser_support;
    let Some(fallback) = formats.iter().copied().max_by_key(support) else {
        return String::new();
    };
    let sizes = of(fallback);
    let Some((widest, source)) = sizes.last_key_value() else { return String::new() };
    let height = source.size.map_or(1, |size| size.height);
    let sizes = format!("(max-width: {widest}px) 100vw, {widest}px");
    let mut text = String::from("<picture>\n");
    for format in formats.into_iter().filter(|format| *format != fallback) {
        let _ = writeln!(
            text,
            "  <source type=\"{}\" srcset=\"{}\" sizes=\"{sizes}\">",
            format.facts().media_type,
            set(format),
        );
    }
    let placeholder = thumbhash
        .map_or_else(String::new, |hash| format!(" data-thumbhash=\"{}\"", attribute(hash)));
    if alt.is_empty() {
        text.push_str(
            "  <!-- alt: say what the picture shows; leave it empty where it is decoration. -->\n",
        );
    }
    let alt = attribute(&alt.replace('\n', " "));
    let _ = writeln!(
        text,
        "  <img src=\"{}\" srcset=\"{}\" sizes=\"{sizes}\" width=\"{widest}\" height=\"{height}\" \
         alt=\"{alt}\" loading=\"lazy\" decoding=\"async\"{placeholder}>",
        url(source),
        set(fallback),
    );
    text.push_str("</picture>\n");
    text
}

/// The characters that are escaped in a URL's path: commas too, which part the candidates of a
/// `srcset`.
const ESCAPED: &AsciiSet =
    &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~').remove(b'/');

/// A relative path for a URL.
fn encoded(path: &str) -> PercentEncode<'_> {
    utf8_percent_encode(path, ESCAPED)
}

/// A text for an attribute in double quotes.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;").replace('>', "&gt;")
}

/// A text for a comment, which two hyphens would end.
fn comment(text: &str) -> String {
    text.replace("--", "- -").replace('>', " ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn source(name: &str, format: Format, width: u32, height: u32) -> Source {
        Source {
            theme: None,
            variation: Some(width.to_string()),
            name: name.to_owned(),
            format,
            size: Some(Size::new(width, height)),
            bytes: None,
        }
    }

    #[test]
    fn formats_and_widths_become_one_picture() {
        let sources = [
            source("hero/a-640.avif", Format::Avif, 640, 360),
            source("hero/a-640.jpg", Format::Jpeg, 640, 360),
            source("hero/a-1280.avif", Format::Avif, 1280, 720),
            source("hero/a-1280.jpg", Format::Jpeg, 1280, 720),
        ];
        let expected = r#"<picture>
  <source type="image/avif" srcset="/i/hero/a-640.avif 640w, /i/hero/a-1280.avif 1280w" sizes="(max-width: 1280px) 100vw, 1280px">
  <!-- alt: say what the picture shows; leave it empty where it is decoration. -->
  <img src="/i/hero/a-1280.jpg" srcset="/i/hero/a-640.jpg 640w, /i/hero/a-1280.jpg 1280w" sizes="(max-width: 1280px) 100vw, 1280px" width="1280" height="720" alt="" loading="lazy" decoding="async" data-thumbhash="1QcSHQRnh493V4dIh4eXh1h4kJUI">
</picture>
"#;
        assert_eq!(html(&sources, "/i/", Some("1QcSHQRnh493V4dIh4eXh1h4kJUI"), ""), expected);
        let described = html(&sources, "/i/", None, "A \"lake\" at\ndusk <b>");
        assert!(
            described.contains(r#" alt="A &quot;lake&quot; at dusk &lt;b&gt;" "#),
            "{described}"
        );
        assert!(!described.contains("<!-- alt"));
    }

    #[test]
    fn names_cannot_leave_their_attribute() {
        let sources = [source("a b,\"<c>&.jpg", Format::Jpeg, 10, 10)];
        let html = html(&sources, "https://x/?a=1&b=\"", None, "");
        assert!(
            html.contains("https://x/?a=1&amp;b=&quot;a%20b%2C%22%3Cc%3E%26.jpg 10w"),
            "{html}"
        );
    }

    #[test]
    fn other_ratios_are_other_pictures() {
        let mut square = source("a-square.jpg", Format::Jpeg, 600, 600);
        square.variation = Some("--><b>".to_owned());
        let html = html(&[source("a.jpg", Format::Jpeg, 600, 400), square], "", None, "");
        assert_eq!(html.matches("<picture>").count(), 2);
        assert!(!html.contains("--><b>"));
    }
}
