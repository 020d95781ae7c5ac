//! How many requests may be on their way at a time.

use std::sync::Arc;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// The places that all connections of a run share. Copies share them.
#[derive(Clone)]
pub struct Flight(Arc<Semaphore>);

impl Flight {
    /// Makes room for `most` requests, one at least.
    pub fn new(most: usize) -> Self {
        Flight(Arc::new(Semaphore::new(most.clamp(1, Semaphore::MAX_PERMITS))))
    }

    /// Waits for a place, which is free again when what it returns is dropped.
    pub(super) async fn enter(&self) -> Option<OwnedSemaphorePermit> {
        // It fails only once the semaphore is closed, which nobody does.
        self.0.clone().acquire_owned().await.ok()
    }
}
