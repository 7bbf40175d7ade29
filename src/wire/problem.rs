//! What can be wrong with a record, before it is told to anyone.

use super::json::{Fault, Type};
use super::record::{Reason, Reject};

/// Why a record cannot be used, without any allocation. Names fields and places, never what the record says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Problem {
    Json(Fault),
    NotAnObject,
    Cloudevent(&'static str),
    Version,
    Kind(&'static str),
    Missing(&'static str),
    WrongType { field: &'static str, wanted: &'static str, found: Type },
    IdTooLong(&'static str),
    IdEmpty(&'static str),
    Time(&'static str),
}

impl From<Fault> for Problem {
    fn from(fault: Fault) -> Problem {
        Problem::Json(fault)
    }
}

impl Problem {
    #[cold]
    pub(super) fn reject(self) -> Reject {
        let (reason, detail) = match self {
            Problem::Json(Fault::Syntax(at)) => (Reason::NotJson, format!("not JSON at byte {at}")),
            Problem::Json(Fault::TooDeep(at)) => (Reason::TooDeep, format!("nested too deep at byte {at}")),
            Problem::NotAnObject => (Reason::NotAnObject, "the record is not a JSON object".to_owned()),
            Problem::Cloudevent(why) => (Reason::InvalidCloudevent, why.to_owned()),
            Problem::Version => (Reason::UnsupportedVersion, "`schema_version` is not 1".to_owned()),
            Problem::Kind(field) => (Reason::UnknownKind, format!("`{field}` is none of those documented")),
            Problem::Missing(field) => (Reason::MissingField, format!("`{field}` is missing")),
            Problem::WrongType { field, wanted, found } => {
                (Reason::WrongType, format!("`{field}` is {}; it must be {wanted}", found.name()))
            }
            Problem::IdTooLong(field) => (Reason::InvalidId, format!("`{field}` is longer than 256 bytes")),
            Problem::IdEmpty(field) => (Reason::InvalidId, format!("`{field}` is empty")),
            Problem::Time(field) => (
                Reason::InvalidTime,
                format!("`{field}` is neither RFC 3339 with an offset nor a number of seconds or milliseconds"),
            ),
        };
        Reject { reason, detail }
    }
}
