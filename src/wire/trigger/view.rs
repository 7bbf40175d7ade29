//! Triggers as a reader sees them. Tolerant: unknown fields are ignored, missing ones are empty, since fields are
//! only ever added.

use serde::Deserialize;

macro_rules! views {
    ($($(#[$about:meta])+ $name:ident { $($(#[$doc:meta])+ $field:ident: $kind:ty,)+ })+) => {
        $($(#[$about])+
        #[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
        #[serde(default)]
        pub struct $name { $($(#[$doc])+ pub $field: $kind,)+ })+
    };
}

views! {
    /// A trigger: the CloudEvent. `docs/TRIGGERS.md` documents every field.
    TriggerView {
        /// The trigger's id, 32 hexadecimal digits.
        id: String,
        /// `/foreshock/<application>`
        source: String,
        /// `io.foreshock.escalation.<step>`
        r#type: String,
        /// The conversation.
        subject: String,
        /// The time of the cause, RFC 3339.
        time: String,
        /// The Kafka key: the conversation.
        partitionkey: String,
        /// The episode.
        correlationid: String,
        /// The event that caused it.
        causationid: String,
        /// The level's name.
        severitytext: String,
        /// The level's number on OpenTelemetry's scale.
        severitynumber: u8,
        /// What it is about.
        data: TriggerData,
    }
    /// What a trigger is about.
    TriggerData {
        /// Always 1 so far.
        schema_version: u32,
        /// The episode: routers' dedupe key.
        episode_id: String,
        /// The step's number in the episode, from 1.
        sequence: u32,
        /// `opened`, `updated`, …
        step: String,
        /// `trigger`, `acknowledge` or `resolve`.
        action: String,
        /// Why the step was taken, from a closed vocabulary.
        reason: String,
        /// The helpdesk tenant.
        tenant: String,
        /// The conversation.
        conversation_id: String,
        /// The account; empty when the events name none.
        account_id: String,
        /// The event that caused it.
        cause_event_id: String,
        /// The level's name.
        level: String,
        /// The level before the step, if there was one.
        previous_level: Option<String>,
        /// Intent, urgency and sentiment.
        triage: TriageView,
        /// How sure the score is, 0 to 100 per cent.
        confidence: u8,
        /// 0 to 1000.
        score: i32,
        /// One sentence for people.
        summary: String,
        /// The team that should act.
        team: String,
        /// Who owns it.
        owner: OwnerView,
        /// `P1` to `P4`.
        priority: Option<String>,
        /// `event` if the events gave the priority, else `severity`.
        priority_from: String,
        /// What the level means, and who is told.
        severity: SeverityView,
        /// How much a machine may do alone.
        lane: LaneView,
        /// Where the progressive fallback stands.
        fallback: FallbackView,
        /// The kind of issue.
        issue_type: String,
        /// Which team acts, and why.
        route: RouteView,
        /// Who may see it.
        visibility: VisibilityView,
        /// The channel's name.
        channel: String,
        /// When it may be closed.
        exit_criteria: Vec<String>,
        /// When the customer should hear next, RFC 3339.
        next_update_due: Option<String>,
        /// Where to read more.
        links: LinksView,
        /// Stable tags.
        tags: Vec<String>,
        /// The summands of the score.
        factors: Vec<FactorView>,
        /// The account's facts.
        account: AccountView,
        /// What was unusual about the cause.
        marks: Vec<String>,
        /// The verdict that moved the episode, if one did.
        verdict: Option<String>,
        /// Whether the cause was old when the trigger was published.
        backfill: bool,
        /// Whether parts were left out for size.
        cut: bool,
        /// What made it.
        provenance: ProvenanceView,
    }
    /// Who owns an escalation.
    OwnerView {
        /// The role.
        role: String,
        /// The person, or who stands in.
        name: String,
        /// Where the name is from: `verdict`, `product_managers`, `account`, `stand_in`.
        from: String,
        /// Whether nobody is named and a stand-in owns it.
        missing: bool,
        /// Others who say that they have it.
        conflict: Vec<String>,
    }
    /// What a level means, and who is told.
    SeverityView {
        /// The level's name.
        name: String,
        /// What is at stake.
        meaning: String,
        /// How often people meet and the customer hears.
        cadence: String,
        /// Roles that are told.
        involve: Vec<String>,
    }
    /// How much a machine may do alone.
    LaneView {
        /// `autonomous`, `guardrailed` or `human-first`.
        name: String,
        /// Why.
        reason: String,
    }
    /// Where the progressive fallback stands.
    FallbackView {
        /// The furthest step that was taken: `clarify`, `guide`, `callback`, `live_agent`.
        reached: String,
        /// The step to take now.
        next: String,
        /// Why steps are left out.
        bypassed: String,
    }
    /// Which team acts, and why.
    RouteView {
        /// The team.
        team: String,
        /// Why.
        reason: String,
        /// `support` or `customer_success`.
        department: String,
        /// Why.
        department_reason: String,
        /// Who should work on it: a person, or `queue:<team>`.
        assignee: String,
        /// `current`, `account` or `queue`.
        assignee_from: String,
    }
    /// Who may see it.
    VisibilityView {
        /// `public` or `private`.
        channel: String,
        /// Roles that may see it, beside the owner.
        roles: Vec<String>,
        /// What was left out: `contacts`, `quotes`, `revenue`, `artifacts`.
        withheld: Vec<String>,
    }
    /// Where to read more.
    LinksView {
        /// The case.
        case: String,
        /// Notes about the customer.
        notes: String,
    }
    /// Intent, urgency and sentiment.
    TriageView {
        /// What the customer wants; empty when nothing tells.
        intent: String,
        /// 0 to 1000.
        urgency: u16,
        /// -1000 to 1000.
        sentiment: i16,
    }
    /// One summand of a score.
    FactorView {
        /// A rule's id or a built-in name.
        id: String,
        /// `rule`, `carried`, `conversation`, `stakes` or `bound`.
        cause: String,
        /// The signal, if it speaks for one.
        signal: Option<String>,
        /// Points; negative when it lowers the risk.
        points: i32,
        /// Why, for people.
        reason: String,
        /// The event that it rests on.
        event_id: String,
        /// Where in that event's text.
        evidence: Vec<EvidenceView>,
    }
    /// A masked quote and its place, in bytes of the original text.
    EvidenceView {
        /// First byte.
        start: u32,
        /// The byte after the last.
        end: u32,
        /// The quote.
        quote: String,
    }
    /// The account's facts.
    AccountView {
        /// `known`, `unknown` or `missing`.
        status: String,
        /// The customer's name.
        name: String,
        /// The tier's name.
        tier: String,
        /// Annual recurring revenue.
        arr: Option<ArrView>,
        /// The product plan.
        plan: String,
        /// The region.
        region: String,
        /// IANA name.
        time_zone: String,
        /// BCP 47 tag.
        locale: String,
        /// `YYYY-MM-DD`, in UTC.
        renewal_date: Option<String>,
        /// The account manager.
        account_manager: PersonView,
        /// The customer success manager.
        customer_success_manager: PersonView,
        /// The regional leader.
        regional_leader: PersonView,
        /// The customer's contacts.
        contacts: Vec<PersonView>,
        /// Risks that others noted.
        risk_flags: Vec<String>,
        /// RFC 3339.
        updated_at: Option<String>,
        /// Which version of the account's record.
        version: Option<u64>,
    }
    /// Annual recurring revenue.
    ArrView {
        /// Whole units a year.
        amount: u64,
        /// ISO 4217.
        currency: String,
    }
    /// A person.
    PersonView {
        /// The name.
        name: String,
        /// The address.
        email: String,
    }
    /// What made a trigger.
    ProvenanceView {
        /// The engine's version.
        engine_version: String,
        /// The hash of rules, lexicons and policies.
        knowledge_hash: String,
        /// The version of the bundled zone database.
        zone_database: String,
        /// The record that caused it.
        input: InputView,
        /// The tick that published it, RFC 3339, if no record did.
        tick: Option<String>,
        /// Which version of the account's record was used.
        account_version: Option<u64>,
    }
    /// A place in the input.
    InputView {
        /// The topic, or the file.
        topic: String,
        /// The partition.
        partition: i32,
        /// The offset, or the line.
        offset: i64,
    }
}

impl TriggerView {
    /// Reads a trigger.
    ///
    /// # Errors
    /// When it is not JSON, or a field has another type than documented; the message names the place.
    pub fn decode(bytes: &[u8]) -> Result<TriggerView, serde_json::Error> {
        serde_json::from_slice(bytes)
    }
}
