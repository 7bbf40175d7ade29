//! A real Apache Kafka for tests: one node, started once per test program, in a folder and on ports of its own.
//!
//! In this order: the cluster that `FORESHOCK_TEST_BROKERS` names; else a broker from jars (Java 17 or later and Maven,
//! `deploy/kafka/pom.xml`), cached below the build folder; else a container. With none of the three the test fails and
//! says so: it never passes by not running. A guard process ends the broker when this program ends, however it ends.

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdout, Command, Stdio};
use std::sync::{Mutex, OnceLock};
use std::time::{Duration, Instant};

use rdkafka::ClientConfig;
use rdkafka::consumer::{BaseConsumer, Consumer};

/// The broker's version, as in `deploy/kafka/pom.xml`.
pub(crate) const VERSION: &str = "4.3.1";
/// How long a broker may take to answer after its start.
const START_MAX: Duration = Duration::from_secs(90);

/// Whether this program's tests end their broker, so that it cannot be somebody else's.
const ENDED: bool = matches!(env!("CARGO_CRATE_NAME").as_bytes(), b"faults");

/// A running cluster.
pub(crate) struct Broker {
    /// For `bootstrap.servers`.
    pub(crate) brokers: String,
    /// Who ends the broker; nobody where somebody else started it.
    guard: Option<Mutex<Guard>>,
}

/// The process that ends the broker when the pipe to its input does.
struct Guard {
    child: Child,
    output: BufReader<ChildStdout>,
}

impl Guard {
    fn await_start(&mut self) {
        let mut line = String::new();
        self.output.read_line(&mut line).expect("the guard says when it has started the broker");
        assert_eq!(line.trim(), "started", "the guard cannot start the broker");
    }
}

impl Broker {
    /// Ends the broker as kill -9 does, and starts it again over the same folder.
    pub(crate) fn restart(&self) {
        let guard = self.guard.as_ref().expect("only a broker of our own is restarted");
        let mut guard = guard.lock().expect("no test panics in here");
        let input = guard.child.stdin.as_mut().expect("piped");
        input.write_all(b"again\n").expect("the guard lives as long as this program");
        guard.await_start();
        drop(guard);
        await_answer(&self.brokers);
    }
}

impl Broker {
    /// Ends the broker for good.
    pub(crate) fn end(&self) {
        let guard = self.guard.as_ref().expect("only a broker of our own is ended");
        let mut guard = guard.lock().expect("no test panics in here");
        drop(guard.child.stdin.take());
        guard.child.wait().expect("the guard ends with its broker");
    }
}

/// The cluster of this test program, started by whoever asks first.
pub(crate) fn broker() -> &'static Broker {
    static BROKER: OnceLock<Broker> = OnceLock::new();
    BROKER.get_or_init(|| match std::env::var("FORESHOCK_TEST_BROKERS") {
        Ok(brokers) if !ENDED => Broker { brokers, guard: None },
        _ => start(),
    })
}

fn start() -> Broker {
    let broker = if has("java", "-version") && has("mvn", "-version") {
        start_java()
    } else if has("docker", "info") {
        start_docker()
    } else {
        panic!(
            "these tests need a Kafka: set FORESHOCK_TEST_BROKERS to a cluster's host:port, or install Java 17 (or \
             later) and Maven, or run a Docker daemon that has or can fetch the image apache/kafka:{VERSION}"
        )
    };
    await_answer(&broker.brokers);
    broker
}

fn has(program: &str, argument: &str) -> bool {
    Command::new(program)
        .arg(argument)
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

/// Two ports that were free a moment ago.
fn free_ports() -> [u16; 2] {
    let listeners = [(); 2].map(|()| TcpListener::bind("127.0.0.1:0").expect("a loopback port"));
    listeners.map(|listener| listener.local_addr().expect("bound").port())
}

/// Where the repository keeps what a broker needs.
fn deploy() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("deploy/kafka")
}

/// The broker's jars, fetched once and kept below the build folder.
fn jars() -> PathBuf {
    let cache = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("kafka-{VERSION}"));
    let complete = cache.join("complete");
    if !complete.exists() {
        let fetched = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder in the build folder");
        let output = Command::new("mvn")
            .args(["-q", "-B", "dependency:copy-dependencies", "-DincludeScope=runtime"])
            .arg(format!("-DoutputDirectory={}", fetched.path().join("lib").display()))
            .arg("-f")
            .arg(deploy().join("pom.xml"))
            .output()
            .expect("mvn was there a moment ago");
        assert!(output.status.success(), "Maven cannot fetch the broker:\n{}", String::from_utf8_lossy(&output.stdout));
        fs::write(fetched.path().join("complete"), VERSION).expect("the folder is ours");
        // Another test program may have been quicker; its jars are as good.
        drop(fs::rename(fetched.path(), &cache));
        assert!(complete.exists(), "{} cannot be made", cache.display());
    }
    cache.join("lib")
}

fn java(jars: &Path) -> Command {
    let mut command = Command::new("java");
    command.arg("-cp").arg(format!("{}/*", jars.display())).stdin(Stdio::null());
    command
}

/// Runs the broker, and on each line of input ends it as kill -9 does and runs it again. Ends it and removes its folder as
/// soon as the input ends: when the test program is gone.
const GUARD: &str = r#"
trap '' INT TERM PIPE
folder=$1; shift
alive=1
while [ $alive = 1 ]; do
  "$@" >>"$folder/broker.log" 2>&1 &
  broker=$!
  echo started
  read -r _ || alive=0
  if [ -n "$CONTAINER" ]; then
    docker kill "$CONTAINER" >/dev/null 2>&1
    set -- docker start -a "$CONTAINER"
  fi
  kill -KILL "$broker"
  wait "$broker" 2>/dev/null
done
[ -n "$CONTAINER" ] && docker rm -f "$CONTAINER" >/dev/null 2>&1
rm -rf -- "$folder"
"#;

fn start_java() -> Broker {
    let jars = jars();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder in the build folder").keep();
    let [port, controller] = free_ports();
    let properties = folder.join("server.properties");
    let base = fs::read_to_string(deploy().join("server.properties")).expect("it is in the repository");
    let own = format!(
        "node.id=1\nlisteners=PLAINTEXT://127.0.0.1:{port},CONTROLLER://127.0.0.1:{controller}\n\
         advertised.listeners=PLAINTEXT://127.0.0.1:{port}\n\
         controller.quorum.bootstrap.servers=127.0.0.1:{controller}\nlog.dirs={}\n",
        folder.join("log").display()
    );
    fs::write(&properties, base + &own).expect("the folder is ours");
    let log4j = format!("-Dlog4j2.configurationFile=file:{}", deploy().join("log4j2.properties").display());
    let cluster = "Zm9yZXNob2NrLXRyaWFsMQ";
    let format = java(&jars)
        .arg(&log4j)
        .args(["kafka.tools.StorageTool", "format", "-t", cluster, "--standalone", "--ignore-formatted", "-c"])
        .arg(&properties)
        .output()
        .expect("java was there a moment ago");
    assert!(format.status.success(), "the broker's folder cannot be made: {format:?}");
    let mut guard = Command::new("sh");
    guard.env_remove("CONTAINER").args(["-c", GUARD, "guard"]).arg(&folder);
    guard.args(["java", "-Xmx768m", "-XX:+UseSerialGC", &log4j, "-cp"]).arg(format!("{}/*", jars.display()));
    guard.arg("kafka.Kafka").arg(&properties);
    spawn_guard(guard, port)
}

fn start_docker() -> Broker {
    let [port, _] = free_ports();
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).expect("a folder in the build folder").keep();
    let base = fs::read_to_string(deploy().join("server.properties")).expect("it is in the repository");
    let mut guard = Command::new("sh");
    let name = format!("foreshock-test-{port}");
    guard.env("CONTAINER", &name).args(["-c", GUARD, "guard"]).arg(&folder);
    guard.args(["docker", "run", "--name", &name, "-p"]).arg(format!("127.0.0.1:{port}:9092"));
    let own = [
        "node.id=1".to_owned(),
        "listeners=PLAINTEXT://:9092,CONTROLLER://:9093".to_owned(),
        format!("advertised.listeners=PLAINTEXT://127.0.0.1:{port}"),
        "controller.quorum.voters=1@localhost:9093".to_owned(),
    ];
    for line in base.lines().map(str::to_owned).chain(own).filter(|line| line.contains('=') && !line.starts_with('#')) {
        let (key, value) = line.split_once('=').expect("filtered");
        guard.arg("-e").arg(format!("KAFKA_{}={value}", key.to_uppercase().replace('.', "_")));
    }
    guard.arg(format!("apache/kafka:{VERSION}"));
    spawn_guard(guard, port)
}

fn spawn_guard(mut guard: Command, port: u16) -> Broker {
    let spawned = guard.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn();
    let mut child = spawned.expect("there is a shell to run the guard");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let mut guard = Guard { child, output };
    guard.await_start();
    Broker { brokers: format!("127.0.0.1:{port}"), guard: Some(Mutex::new(guard)) }
}

/// Waits until the cluster answers a metadata request.
fn await_answer(brokers: &str) {
    let begin = Instant::now();
    let client: BaseConsumer = ClientConfig::new()
        .set("bootstrap.servers", brokers)
        .set("reconnect.backoff.max.ms", "200")
        .set("log_level", "0")
        .create()
        .expect("a client without any wish");
    while let Err(error) = client.fetch_metadata(None, Duration::from_secs(2)) {
        assert!(begin.elapsed() < START_MAX, "no Kafka answers at {brokers}: {error}");
    }
}
