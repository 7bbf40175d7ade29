//! Decisions of a plan, as tables.

use super::*;
use crate::account::{Arr, Person, Tier};
use crate::diagnostic::SourceFile;
use crate::signal::Signal;

fn policy(own: &str) -> Policy {
    let mut diagnostics = Vec::new();
    let policy = Policy::load(&[SourceFile { path: "own.toml".to_owned(), text: own.to_owned() }], &mut diagnostics);
    assert_eq!(diagnostics, []);
    policy
}

fn account(tier: Tier) -> Account {
    Account { tier: Some(tier), ..Account::default() }
}

fn facts<'a>(policy: &'a Policy, account: Option<&'a Account>) -> Facts<'a> {
    Facts {
        policy,
        account,
        tenant: "",
        conversation: "c 1",
        account_id: "a1",
        level: Level::Medium,
        signals: SignalSet::EMPTY,
        reason: "anger",
        issue: policy.issues.other(),
        team: TeamIndex(0),
        routed: Routed::Fallthrough,
        told_priority: None,
        assignee: "",
        claims: &[],
        product_area: "",
        reached: None,
        high_value: false,
        channel: "",
        time: Timestamp(0),
        over: false,
    }
}

/// D3, D4, D5: rule, reason, kind of issue, attempts that did not help, tier, and the team that this gives.
#[test]
fn routes() {
    let policy = policy("");
    for (rule, reason, issue, attempts, tier, team, routed, unroutable) in [
        ("billing", "dispute", "", 0, Tier::Free, "billing", Routed::Rule, false),
        ("", "dispute", "", 0, Tier::Free, "billing", Routed::Reason, false),
        ("", "security", "", 0, Tier::Free, "security", Routed::Reason, false),
        ("", "legal_threat", "billing", 0, Tier::Free, "legal", Routed::Reason, false),
        // How it is told says less than what it is about.
        ("customer-success", "anger", "billing", 0, Tier::Free, "billing", Routed::Issue, false),
        ("customer-success", "anger", "", 0, Tier::Free, "customer-success", Routed::Rule, false),
        ("", "conversation_loop", "billing", 0, Tier::Free, "billing", Routed::Issue, false),
        ("", "anger", "technical", 1, Tier::Business, "tier2", Routed::Issue, false),
        ("", "anger", "technical", 2, Tier::Business, "engineering", Routed::Complex, false),
        ("", "anger", "technical", 0, Tier::Strategic, "engineering", Routed::Tier, false),
        ("", "risk", "", 0, Tier::Free, "tier2", Routed::Fallthrough, false),
        ("moonbase", "negative", "", 0, Tier::Free, "tier2", Routed::Fallthrough, true),
    ] {
        let issue = policy.issues.find(issue);
        let account = account(tier);
        let (found, why, missing) = route(&policy, (rule, reason), issue, attempts, Some(&account));
        let told = (policy.routing.team_name(found), why, missing);
        assert_eq!(told, (team, routed, unroutable), "{rule} {reason} {issue:?} {attempts} {tier}");
    }
}

/// D1: signal, level, tier, and the lane that this gives.
#[test]
fn lanes() {
    let policy = policy("");
    for (signal, level, tier, lane) in [
        (None, Level::Medium, Tier::Business, Lane::Autonomous),
        (Some(Signal::Anger), Level::Low, Tier::Free, Lane::Guardrailed),
        (None, Level::High, Tier::Free, Lane::Guardrailed),
        (None, Level::Low, Tier::Enterprise, Lane::Guardrailed),
        (None, Level::Low, Tier::Strategic, Lane::HumanFirst),
        (None, Level::Critical, Tier::Free, Lane::HumanFirst),
        (Some(Signal::Security), Level::Low, Tier::Free, Lane::HumanFirst),
    ] {
        let mut signals = SignalSet::EMPTY;
        signal.into_iter().for_each(|signal| signals.insert(signal));
        let account = account(tier);
        let plan = plan(&Facts { signals, level, ..facts(&policy, Some(&account)) });
        assert_eq!(plan.lane, lane, "{signal:?} {level} {tier}");
        assert!(!plan.lane_reason.is_empty());
    }
}

/// D7: each step leads to the next, the call back before the live agent.
#[test]
fn fallback_goes_step_by_step() {
    let policy = policy("");
    let next = |reached| plan(&Facts { reached, ..facts(&policy, None) }).fallback.next.name();
    let steps = FallbackStep::ALL.map(Some);
    assert_eq!(next(None), "clarify");
    assert_eq!(steps.map(next), ["guide", "callback", "live_agent", "live_agent"]);
}

/// C8, C9: exactly one owner, whoever is missing or claims it, too.
#[test]
fn owners() {
    let policy = policy("[product_managers]\nExports = \"Mika Sund\"\n");
    let mut known = account(Tier::Business);
    known.customer_success_manager = Person { name: "Robin Vale".to_owned(), email: String::new() };
    let technical = policy.issues.find("technical").expect("it ships");
    let claims: Vec<Box<str>> = vec!["Kim".into(), "Noor".into()];
    let told = |facts: &Facts<'_>| {
        let owner = plan(facts).owner;
        format!("{} {} {} {:?}", owner.role, owner.name, owner.from, owner.conflict)
    };
    let broad = facts(&policy, Some(&known));
    assert_eq!(told(&broad), "Customer Success Manager Robin Vale account []");
    assert_eq!(
        told(&Facts { account: None, ..broad }),
        "Customer Success Manager Customer Success Manager on duty stand_in []"
    );
    let specific = Facts { issue: technical, product_area: "exports", ..broad };
    assert_eq!(told(&specific), "Product Manager Mika Sund product_managers []");
    assert_eq!(told(&Facts { product_area: "", ..specific }), "Product Manager Product Manager on duty stand_in []");
    let claimed = Facts { claims: &claims, ..specific };
    assert_eq!(told(&claimed), "Product Manager Kim verdict [\"Noor\"]");
}

/// D6 and D8: the account's people where Customer Success decides, the queue where Support does, whoever works on it first.
#[test]
fn departments_and_assignees() {
    let policy = policy("");
    let mut known = account(Tier::Business);
    known.customer_success_manager = Person { name: "Robin Vale".to_owned(), email: String::new() };
    let mut churn = SignalSet::EMPTY;
    churn.insert(Signal::Churn);
    let base = facts(&policy, Some(&known));
    for (facts, success, assignee) in [
        (base, false, "queue:tier2"),
        (Facts { signals: churn, ..base }, true, "Robin Vale"),
        (Facts { issue: policy.issues.find("feature_request").expect("it ships"), ..base }, true, "Robin Vale"),
        (Facts { signals: churn, account: None, ..base }, true, "queue:tier2"),
        (Facts { assignee: "Kim", ..base }, false, "Kim"),
    ] {
        let plan = plan(&facts);
        assert_eq!((plan.customer_success, plan.assignee.as_str()), (success, assignee));
        assert!(!plan.department_reason.is_empty());
    }
}

/// C10: small letters, digits, hyphens and underscores, at most 80 of them, whatever the customer is called.
#[test]
fn channels_have_legal_names() {
    let (plain, distinct) = (policy(""), policy("[channel]\ndistinct = true\n"));
    let long = "Very ".repeat(60);
    for (name, id, expected) in [
        ("Acme Corp.", "a1", "esc_acme-corp"),
        ("Ölund & Søner AB", "a1", "esc_olund-soner-ab"),
        ("Straße's Großhandel", "a1", "esc_strasses-grosshandel"),
        ("株式会社", "Acct 9", "esc_acct-9"),
        ("", "", "esc_c-1"),
    ] {
        let account = Account { name: name.to_owned(), ..Account::default() };
        assert_eq!(channel_name(&plain.response, Some(&account), id, "c 1"), expected, "{name}");
    }
    let account = Account { name: long, ..Account::default() };
    for policy in [&plain, &distinct] {
        let channel = channel_name(&policy.response, Some(&account), "A 1", "c 1");
        assert!(channel.len() <= 80 && channel.starts_with("esc_very-very"), "{channel}");
    }
    assert!(channel_name(&distinct.response, Some(&account), "A 1", "c").ends_with("-a-1"));
}

/// D2: by the sum in the text or by what the account pays, in dollars whatever the currency.
#[test]
fn disputes_of_high_value() {
    let policy = policy("[bypass]\nhigh_value_dollars = 1000\n");
    let paying = |amount, currency: &str| Account {
        arr: Some(Arr { amount, currency: currency.to_owned() }),
        ..Account::default()
    };
    for (dollars, account, high) in [
        (None, None, false),
        (Some(999), None, false),
        (Some(1_000), None, true),
        (None, Some(paying(249_999, "USD")), false),
        (None, Some(paying(240_000, "EUR")), true),
    ] {
        assert_eq!(dollars_of_high_value(&policy, dollars, account.as_ref()), high, "{dollars:?} {account:?}");
    }
}
