//! The built program as others run it: `foreshock serve` as a process, and the other verbs.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::process::{Child, Command, Output, Stdio};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::broker::broker;
use super::client::{PATIENCE, await_until};

/// The program, told where the cluster is.
pub(crate) fn foreshock() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_foreshock"));
    command.env("FORESHOCK__KAFKA__BROKERS", &broker().brokers).env("NO_COLOR", "1").stdin(Stdio::null());
    command
}

/// Runs a verb to its end.
pub(crate) fn run(arguments: &[&str]) -> Output {
    foreshock().args(arguments).output().unwrap()
}

/// Runs a verb to its end with that standard input.
pub(crate) fn run_with_input(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = foreshock();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    std::thread::scope(|scope| {
        scope.spawn(move || drop(stdin.write_all(input)));
        child.wait_with_output().unwrap()
    })
}

/// A running `foreshock serve`. Killed when dropped.
pub(crate) struct Serve {
    child: Child,
    http: SocketAddr,
    log: Arc<Mutex<String>>,
}

impl Serve {
    /// Starts it with these settings; waits until it serves metrics.
    pub(crate) fn start(settings: &[(&str, &str)]) -> Serve {
        let mut command = foreshock();
        command.args(["serve", "--set", "http.listen=127.0.0.1:0"]);
        for (key, value) in settings {
            command.arg("--set").arg(format!("{key}={value}"));
        }
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().unwrap();
        let log = Arc::new(Mutex::new(String::new()));
        let (told, address) = std::sync::mpsc::channel();
        let lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let written = Arc::clone(&log);
        std::thread::spawn(move || {
            for line in lines.map_while(Result::ok) {
                if let Some((_, rest)) = line.split_once("metrics at http://") {
                    // Whoever waited may have given up.
                    let _ = told.send(rest.trim_end_matches("/metrics").parse().unwrap());
                }
                let mut written = written.lock().unwrap();
                written.push_str(&line);
                written.push('\n');
            }
        });
        match address.recv_timeout(PATIENCE) {
            Ok(http) => Serve { child, http, log },
            Err(error) => panic!("{error}: serve does not start:\n{}", log.lock().unwrap()),
        }
    }

    /// What it has logged so far.
    pub(crate) fn log(&self) -> String {
        self.log.lock().unwrap().clone()
    }

    /// The answer to a request: status line and body.
    pub(crate) fn get(&self, path: &str) -> std::io::Result<(String, String)> {
        let mut stream = TcpStream::connect(self.http)?;
        stream.set_read_timeout(Some(Duration::from_secs(10)))?;
        write!(stream, "GET {path} HTTP/1.1\r\nhost: test\r\nconnection: close\r\n\r\n")?;
        let mut answer = String::new();
        stream.read_to_string(&mut answer)?;
        let (head, body) = answer.split_once("\r\n\r\n").unwrap_or((&answer, ""));
        Ok((head.lines().next().unwrap_or_default().to_owned(), body.to_owned()))
    }

    /// All metrics as text.
    pub(crate) fn metrics(&self) -> String {
        self.get("/metrics").unwrap_or_else(|error| panic!("{error}\n{}", self.log())).1
    }

    /// The sum of the samples of that name, over all labels.
    pub(crate) fn metric(&self, name: &str) -> f64 {
        sum(&self.metrics(), name)
    }

    /// Waits until it works on so many partitions.
    pub(crate) fn await_partitions(&self, wanted: impl Fn(f64) -> bool) {
        await_until("partitions are assigned", || wanted(self.metric("foreshock_partitions_assigned")));
    }

    /// Ends it as kill -9 does.
    pub(crate) fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    /// Sends it a signal.
    pub(crate) fn signal(&self, name: &str) {
        let pid = self.child.id().to_string();
        assert!(Command::new("kill").args([&format!("-{name}"), &pid]).status().unwrap().success());
    }

    /// Asks it to stop, waits, and returns its exit code with what it logged.
    pub(crate) fn terminate(mut self) -> (Option<i32>, String) {
        self.signal("TERM");
        let status = self.child.wait().unwrap();
        (status.code(), self.log())
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("serve logged:\n{}\nand counted:\n{}", self.log(), self.get("/metrics").unwrap_or_default().1);
        }
        // An error means that it has ended already.
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// The sum of the samples of that name, over all labels.
pub(crate) fn sum(metrics: &str, name: &str) -> f64 {
    let samples = metrics.lines().filter_map(|line| {
        let rest = line.strip_prefix(name)?;
        (rest.starts_with([' ', '{'])).then(|| rest.rsplit(' ').next()?.parse::<f64>().ok())?
    });
    samples.sum()
}
