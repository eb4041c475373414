//! Tests of the program as a whole, beside the stories in `golden`.

mod readme;
mod tidy;
