//! Reading a run: its sums by one query, its items and sources one after another.

use std::vec;

use crate::{
    ItemState, RunId, RunItem, RunSource, RunSums, Store, StoreError,
    table::{run_item, run_source},
};

/// Rows that are read at a time.
const PAGE: u32 = 500;

impl Store {
    /// Counts the items of a run by their states and results, without reading the items.
    ///
    /// # Errors
    /// Where the index cannot be read.
    pub fn run_sums(&self, id: RunId) -> Result<RunSums, StoreError> {
        self.read(move |connection| {
            let (sources, planned_sources) = run_source::counts(connection, id)?;
            Ok(RunSums { sources, planned_sources, ..run_item::sums(connection, id)? })
        })
    }

    /// The items of a run that are in one of these states, in the order of the plan. They are
    /// read a page at a time, each by its own transaction: an item whose state changes meanwhile
    /// is met in its old or its new one. After an error nothing more comes.
    pub fn items_of_run(
        &self,
        id: RunId,
        states: &[ItemState],
    ) -> impl Iterator<Item = Result<RunItem, StoreError>> + Send + use<> {
        let (store, states) = (self.clone(), states.to_vec());
        let read = move |from| store.run_items_from(id, &states, from, PAGE);
        Pages {
            read,
            position: |item: &RunItem| item.position,
            page: Vec::new().into_iter(),
            next: Some(0),
        }
    }

    /// The sources of a run in the order of the plan, without their items; read a page at a time.
    /// After an error nothing more comes.
    pub fn sources_of_run(
        &self,
        id: RunId,
    ) -> impl Iterator<Item = Result<RunSource, StoreError>> + Send + use<> {
        let store = self.clone();
        let read = move |from| store.run_sources(id, from, PAGE);
        Pages {
            read,
            position: |source: &RunSource| source.source,
            page: Vec::new().into_iter(),
            next: Some(0),
        }
    }
}

/// Rows in the order of their positions.
struct Pages<T, R> {
    /// Reads at most [`PAGE`] rows from a position on.
    read: R,
    position: fn(&T) -> u32,
    page: vec::IntoIter<T>,
    /// Where the next page begins; `None` at the end.
    next: Option<u32>,
}

impl<T, R> Iterator for Pages<T, R>
where
    R: FnMut(u32) -> Result<Vec<T>, StoreError>,
{
    type Item = Result<T, StoreError>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(row) = self.page.next() {
            return Some(Ok(row));
        }
        match (self.read)(self.next.take()?) {
            Ok(page) => {
                let last = page.last().filter(|_| page.len() == PAGE as usize);
                self.next = last.and_then(|last| (self.position)(last).checked_add(1));
                self.page = page.into_iter();
                self.page.next().map(Ok)
            }
            Err(error) => Some(Err(error)),
        }
    }
}

#[cfg(test)]
mod tests;
