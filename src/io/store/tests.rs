//! Tests of the store: what must hold of it whatever is written.
