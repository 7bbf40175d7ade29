//! CPU time without the time spent waiting for a core: what can be compared on a machine that others use too.

use cpu_time::ThreadTime;

/// One thing to be measured: a name and a pass over `items` items.
pub(crate) struct Contender<'a> {
    /// What it is.
    pub(crate) name: &'a str,
    /// How many items one pass goes through.
    pub(crate) items: usize,
    /// One pass.
    pub(crate) pass: Box<dyn FnMut() + 'a>,
}

impl<'a> Contender<'a> {
    /// A contender with its parts.
    pub(crate) fn new(name: &'a str, items: usize, pass: impl FnMut() + 'a) -> Contender<'a> {
        Contender { name, items, pass: Box::new(pass) }
    }
}

/// Lets every contender go once in each round, so that whatever slows the machine slows all of them; prints the median
/// of nanoseconds per item with quartiles, and the ratio of medians to the first contender.
pub(crate) fn run(title: &str, rounds: usize, mut contenders: Vec<Contender<'_>>) {
    let mut samples = vec![Vec::with_capacity(rounds); contenders.len()];
    for round in 0..=rounds {
        for (contender, samples) in contenders.iter_mut().zip(&mut samples) {
            let before = ThreadTime::now();
            (contender.pass)();
            let spent = before.elapsed().as_nanos() as f64 / contender.items as f64;
            // The first round only warms up.
            if round > 0 {
                samples.push(spent);
            }
        }
    }
    println!("\n{title}\n\n| what | ns, median | quartiles | ratio |\n|---|---:|---:|---:|");
    let mut first = None;
    for (contender, samples) in contenders.iter().zip(&mut samples) {
        samples.sort_by(f64::total_cmp);
        let [low, median, high] = [1, 2, 3].map(|quarter| samples[samples.len() * quarter / 4]);
        let first = *first.get_or_insert(median);
        println!("| {} | {median:.0} | {low:.0}-{high:.0} | {:.2} |", contender.name, median / first);
    }
}
