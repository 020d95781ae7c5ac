//! Tests over all operations.
