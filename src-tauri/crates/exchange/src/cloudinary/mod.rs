//! Cloudinary: named transformations as strings (`t_name: w_200,c_fill/e_sepia`), one a line, and
//! delivery URLs. Each becomes a generator.

mod export;
mod file;
mod layer;
mod operations;
mod values;

pub(crate) use export::export;
pub(crate) use file::import;

#[cfg(test)]
mod tests;
