//! Tests of the program as a whole, beside the stories in `golden`.

#[cfg(test)]
mod faults;
#[cfg(test)]
mod edits;
#[cfg(test)]
mod fuzz;
#[cfg(test)]
mod floods;
#[cfg(test)]
mod gateways;
#[cfg(test)]
mod hostile_text;
#[cfg(test)]
mod markup;
#[cfg(test)]
mod oauth;
#[cfg(test)]
#[cfg(feature = "pdf")]
mod pdf;
#[cfg(test)]
mod promises;
mod readme;
#[cfg(test)]
mod rehearse;
#[cfg(test)]
mod security;
#[cfg(test)]
mod storm;
#[cfg(test)]
mod templates;
mod tidy;
#[cfg(test)]
mod webs;
// All of this program is tests; clippy believes it where it is said.
#[cfg(test)]
mod wire;
