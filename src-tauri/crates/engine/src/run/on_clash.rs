//! The choice of what happens to results that would have one name.

use serde::{Deserialize, Serialize};

/// What happens to results that would have one name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnClash {
    /// The run does not begin.
    #[default]
    Refuse,
    /// They fail, the others are rendered.
    Fail,
    /// The sources' extensions are added to their names.
    Extension,
    /// All but the first get a number.
    Number,
}
