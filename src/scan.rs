//! `foreshock scan`: one text a line in, scores and findings a line out.
