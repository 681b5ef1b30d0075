//! Previews with a real worker.
