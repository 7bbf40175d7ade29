//! What ships inside the program (rules, lexicons, policies, source profiles), overridden by folders of the user.
