//! `foreshock explain`: what was found in a text or conversation, what was not and why, for people.
