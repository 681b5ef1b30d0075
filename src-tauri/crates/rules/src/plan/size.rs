//! The size of a result before it is rendered.

use crate::{
    Operation, SourceRules,
    geometry::{self, Size},
    protocol::Header,
};

/// The size of what a chain makes of a source, where it follows from the header: not after
/// `trim`, which looks at pixels, and not of later pages or of vector images at a density of
/// their own, whose size the header does not tell.
#[must_use]
pub fn predicted_size(
    header: &Header,
    rules: &SourceRules,
    operations: &[Operation],
) -> Option<Size> {
    operations.iter().try_fold(source_size(header, rules)?, |size, operation| {
        Some(match operation {
            Operation::Trim(_) => return None,
            Operation::Crop(rule) => geometry::crop_size(rule, size),
            Operation::Resize(rule) => geometry::resize(rule, size).result(),
            Operation::Extend(rule) => geometry::extend_size(rule, size),
            Operation::Pad(rule) => geometry::pad(rule, size).0,
            Operation::Rotate(rule) => geometry::rotated(rule, size),
            _ => size,
        })
    })
}

fn source_size(header: &Header, rules: &SourceRules) -> Option<Size> {
    let plain = SourceRules::default();
    #[expect(clippy::float_cmp, reason = "the default is left as it is, not computed")]
    let scaled = header.format.facts().vector && rules.density != plain.density;
    if scaled || rules.page != plain.page {
        return None;
    }
    let (width, height) =
        if rules.auto_orient { header.upright_size() } else { (header.width, header.height) };
    let subsample = rules.subsample.as_ref().filter(|_| header.format.facts().subsample);
    let (width, height) = subsample.map_or((width, height), |rule| rule.size(width, height));
    Some(Size::new(width, height))
}
