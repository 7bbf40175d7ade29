//! How long a customer may wait, by priority.

use super::document::Document;
use crate::message::Priority;
use crate::score::Level;
use crate::time::Span;

/// How long a customer may wait, by priority.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sla {
    /// By `Priority as usize`.
    terms: [Terms; Priority::ALL.len()],
}

/// What holds for one priority. `None` is no such clock.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// So long after the first message that no human being has answered the matter escalates by itself.
    pub auto_escalation: Option<Span>,
    /// To at least this level.
    pub auto_level: Level,
}

impl Sla {
    /// What holds for a priority.
    #[must_use]
    pub const fn terms(&self, priority: Priority) -> &Terms {
        &self.terms[priority as usize]
    }

    pub(super) fn read(document: &mut Document<'_>) -> Sla {
        let mut sla = Sla::default();
        for priority in Priority::ALL {
            sla.terms[priority as usize] = Terms::read(document, priority.name());
        }
        sla
    }
}

impl Terms {
    fn read(document: &mut Document<'_>, priority: &str) -> Terms {
        let levels = Level::ALL.map(Level::name);
        let level = document.name(&format!("sla.{priority}.auto_escalation_level"), &levels[1..], |name| {
            Level::from_name(name).filter(|level| *level > Level::Info)
        });
        Terms {
            auto_escalation: minutes(document, &format!("sla.{priority}.auto_escalation_minutes")),
            auto_level: level.unwrap_or(Level::Medium),
        }
    }
}

/// A number of minutes; 0 is none.
fn minutes(document: &mut Document<'_>, key: &str) -> Option<Span> {
    Some(document.integer(key, 0..=525_600)).filter(|minutes| *minutes > 0).map(Span::minutes)
}
