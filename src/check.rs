//! `foreshock check`: lints rules, lexicons, policies and source profiles, and runs the cases inside them.
