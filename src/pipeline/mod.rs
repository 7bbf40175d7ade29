//! One partition's protocol without I/O: records in, an epoch (what one commit must carry) out; undo on abort.
