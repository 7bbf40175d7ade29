//! `step(Input) -> Outcome`: a total function over one partition's conversations. No I/O, no clock, no chance.
