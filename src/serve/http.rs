//! `/metrics`, `/livez` and `/readyz` on a small runtime of their own, away from the workers.

use std::io;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use axum::Router;
use axum::extract::State;
use axum::http::{StatusCode, header};
use axum::response::IntoResponse;
use axum::routing::get;
use tokio::sync::oneshot;

use crate::metrics::Metrics;

/// What health checks ask for.
pub struct Health {
    /// Workers that have not started yet.
    pub starting: AtomicUsize,
    /// Workers that have ended, asked or not.
    pub ended: AtomicUsize,
    /// Tells what is still being restored.
    metrics: Arc<Metrics>,
}

impl Health {
    /// Of a process with so many workers, none of which has started.
    #[must_use]
    pub fn new(workers: usize, metrics: Arc<Metrics>) -> Health {
        Health { starting: AtomicUsize::new(workers), ended: AtomicUsize::new(0), metrics }
    }

    fn is_alive(&self) -> bool {
        self.ended.load(Ordering::Acquire) == 0
    }

    fn is_ready(&self) -> bool {
        self.is_alive() && self.starting.load(Ordering::Acquire) == 0 && self.metrics.restoring() == 0
    }
}

/// A server that runs until it is dropped.
pub struct Server {
    /// Where it listens.
    pub address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<std::thread::JoinHandle<()>>,
}

impl Drop for Server {
    fn drop(&mut self) {
        if let Some(stop) = self.stop.take() {
            // An error means that the server has ended by itself.
            let _ = stop.send(());
        }
        if let Some(thread) = self.thread.take() {
            // A panic of the server has been told on stderr; it ends nothing else.
            let _ = thread.join();
        }
    }
}

/// Starts to serve.
///
/// # Errors
/// When nothing can listen at that address.
pub fn serve(listen: SocketAddr, metrics: Arc<Metrics>, health: Arc<Health>) -> io::Result<Server> {
    let listener = TcpListener::bind(listen)?;
    listener.set_nonblocking(true)?;
    let address = listener.local_addr()?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_io().build()?;
    let routes = Router::new()
        .route("/metrics", get(serve_metrics).with_state(metrics))
        .route("/livez", get(livez).with_state(Arc::clone(&health)))
        .route("/readyz", get(readyz).with_state(health));
    let (stop, stopped) = oneshot::channel();
    let thread = std::thread::Builder::new().name("http".to_owned()).spawn(move || {
        let served: io::Result<()> = runtime.block_on(async {
            let listener = tokio::net::TcpListener::from_std(listener)?;
            tokio::select! {
                served = async { axum::serve(listener, routes).await } => served,
                _ = stopped => Ok(()),
            }
        });
        if let Err(error) = served {
            tracing::error!("metrics and health are no more served: {error}");
        }
    })?;
    Ok(Server { address, stop: Some(stop), thread: Some(thread) })
}

async fn serve_metrics(State(metrics): State<Arc<Metrics>>) -> impl IntoResponse {
    ([(header::CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], metrics.text())
}

/// Whether the process should be left alone: all its workers work.
async fn livez(State(health): State<Arc<Health>>) -> impl IntoResponse {
    answer(health.is_alive(), "a worker has ended")
}

/// Whether the process does its work: each worker has its transactional id, accounts are loaded, states are restored.
async fn readyz(State(health): State<Arc<Health>>) -> impl IntoResponse {
    answer(health.is_ready(), "not all workers have started, or states are still being restored")
}

fn answer(good: bool, otherwise: &'static str) -> (StatusCode, &'static str) {
    if good { (StatusCode::OK, "ok\n") } else { (StatusCode::SERVICE_UNAVAILABLE, otherwise) }
}
