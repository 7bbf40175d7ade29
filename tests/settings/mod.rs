//! Settings: what people write, what is understood, and how faults are told.

use expect_test::{expect, expect_file};
use foreshock::diagnostic::SourceFile;
use foreshock::settings::{self, Flag, Origins, Settings, Start};
use foreshock::time::{Span, Timestamp};
use foreshock::wire::PayloadMode;

fn origins(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> Origins {
    let own = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    let flag = |(key, value): &(&str, &str)| Flag {
        flag: format!("--set {key}"),
        key: (*key).to_owned(),
        value: (*value).to_owned(),
    };
    Origins {
        file: Some(SourceFile { path: "foreshock.toml".to_owned(), text: file.to_owned() }),
        environment: environment.iter().map(own).collect(),
        flags: flags.iter().map(flag).collect(),
    }
}

fn faults(file: &str, environment: &[(&str, &str)], flags: &[(&str, &str)]) -> String {
    let diagnostics = settings::load(&origins(file, environment, flags)).expect_err("there is a fault");
    diagnostics.iter().map(ToString::to_string).collect::<Vec<_>>().join("\n")
}

#[test]
fn defaults_are_those_of_the_table() {
    let settings = Settings::default();
    assert_eq!(settings.topics.events, "conversation-events");
    assert_eq!(settings.publish_max_age, Span::hours(1));
    assert_eq!(settings.input.start, Start::Earliest);
    assert_eq!(settings.dead_letter_payload, PayloadMode::Full);
    assert_eq!(settings.topics.accounts, None);
    assert!(settings.pipeline.workers >= 1);
    assert!(!settings.kafka.instance.is_empty());
}

#[test]
fn flags_cover_the_environment_and_the_environment_covers_the_file() {
    let file = r#"
        [kafka]
        brokers = ["a.example.com:9092", "b.example.com:9093"]
        group_id = "file"
        [input]
        start = 2026-01-31T09:00:00Z
        [topics]
        events = "from-file"
        triggers = "from-file-too"
        dead_letters = "from-file-as-well"
    "#;
    let environment = [
        ("FORESHOCK__KAFKA__GROUP_ID", "environment"),
        ("FORESHOCK__TOPICS__EVENTS", "from-environment"),
        ("FORESHOCK_TEST_BROKERS", "no setting of ours"),
        ("PATH", "neither"),
    ];
    let (settings, listed) =
        settings::load(&origins(file, &environment, &[("topics.events", "from-flag")])).expect("no fault");
    assert_eq!(settings.kafka.brokers, ["a.example.com:9092", "b.example.com:9093"]);
    assert_eq!(settings.kafka.group_id, "environment");
    assert_eq!(settings.topics.events, "from-flag");
    assert_eq!(settings.topics.triggers, "from-file-too");
    assert_eq!(settings.input.start, Start::At(Timestamp(1_769_850_000_000)));

    let origin_of = |key: &str| listed.iter().find(|listed| listed.key == key).expect("it is listed").origin.as_str();
    assert_eq!(origin_of("topics.events"), "flag --set topics.events");
    assert_eq!(origin_of("kafka.group_id"), "environment variable FORESHOCK__KAFKA__GROUP_ID");
    assert_eq!(origin_of("topics.triggers"), "foreshock.toml:9:9");
    assert_eq!(origin_of("log.level"), "default");
}

#[test]
fn librdkafka_properties_pass_through_from_every_layer_and_secrets_are_hidden() {
    let file = "[kafka.properties]\n\"sasl.password\" = \"hunter\"\nmax.in.flight = 3\n\"linger.ms\" = 7\n";
    let environment = [("FORESHOCK__KAFKA__PROPERTIES__LINGER__MS", "9")];
    let flags = [("kafka.properties.max.in.flight.requests.per.connection", "4")];
    let (settings, listed) = settings::load(&origins(file, &environment, &flags)).expect("no fault");
    let properties: Vec<_> = settings.kafka.properties.iter().map(|(key, value)| format!("{key}={value}")).collect();
    assert_eq!(
        properties,
        ["linger.ms=9", "max.in.flight=3", "max.in.flight.requests.per.connection=4", "sasl.password=hunter"]
    );
    let password = listed.iter().find(|listed| listed.key.ends_with("sasl.password")).expect("it is listed");
    assert_eq!(password.value, "(hidden)");
}

#[test]
fn every_fault_is_told_at_once_with_its_place_and_what_is_allowed() {
    let file = "\
[input]
strat = \"latest\"
start = \"yesterday\"

[pipeline]
workers = 1000
target_latency = 50

[dead_letters]
payload = \"mask\"

[topics]
triggers = \"conversation-events\"
dead_letters = \"dead letters\"

[kafka.properties]
acks = 1
";
    let environment = [("FORESHOCK__HTTP__LISTEN", "9464"), ("FORESHOCK__PUBLISH_MAX_AGE", "2h")];
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/tests/settings/faults.txt")].assert_eq(&faults(
        file,
        &environment,
        &[("log.level", "loud")],
    ));
}

#[test]
fn a_file_that_is_not_toml_is_told_with_its_line() {
    let told = faults("[kafka]\nbrokers = [\"a:1\"\ngroup_id = \"x\"\n", &[], &[]);
    assert!(told.starts_with("error[F0500]: the settings file is not valid TOML"), "{told}");
    assert!(told.contains("--> foreshock.toml:"), "{told}");
}

#[test]
fn accounts_come_from_one_place_only() {
    let told = faults("", &[("FORESHOCK__TOPICS__ACCOUNTS", "accounts")], &[("accounts.file", "accounts.ndjson")]);
    expect![[r#"
        error[F0506]: `accounts.file` and `topics.accounts` are both set
          --> flag --set accounts.file
          = help: accounts come from one of them; take the other out
    "#]]
    .assert_eq(&told);
}

#[test]
fn the_documentation_is_in_step_with_the_table() {
    expect_file![concat!(env!("CARGO_MANIFEST_DIR"), "/docs/SETTINGS.md")].assert_eq(&settings::document());
}

/// Settings that we show others must be ones that we take ourselves.
#[test]
fn examples_of_settings_are_settings() {
    let manifest = include_str!("../../deploy/kubernetes/foreshock.yaml");
    let indented = manifest.lines().skip_while(|line| !line.ends_with("foreshock.toml: |")).skip(1);
    let deployed: Vec<_> = indented.take_while(|line| line.is_empty() || line.starts_with("    ")).collect();
    let document = settings::document();
    let documented = document.split("```toml\n").nth(1).and_then(|rest| rest.split("```").next()).expect("an example");
    for (file, expected) in [(deployed.join("\n").as_str(), "kafka:9092"), (documented, "broker-1.example.com:9092")] {
        let (settings, _) = settings::load(&origins(file, &[], &[])).expect("no fault");
        assert_eq!(settings.kafka.brokers[0], expected);
    }
    let variables = manifest
        .split("- name: FORESHOCK")
        .skip(1)
        .chain(include_str!("../../deploy/Dockerfile").lines().filter_map(|line| line.strip_prefix("ENV FORESHOCK")));
    for variable in variables {
        let name = variable.split(['\n', '=']).next().expect("a name").trim_start_matches("__");
        let key = name.to_lowercase().replace("__", ".");
        assert!(settings::SETTINGS.iter().any(|setting| setting.key == key), "{key}");
    }
}
