//! Bytes to text with positions: hygiene, normalisation, tokens, masking. Every span maps back to the original.
