//! Logistic regression with an L2 penalty around given weights, minimised by L-BFGS (Nocedal 1980; two-loop recursion
//! after Nocedal and Wright, Numerical Optimization, algorithm 7.4), with backtracking until Armijo's condition holds.

/// Corrections that L-BFGS remembers.
const MEMORY: usize = 8;
/// Most steps.
const STEPS: usize = 150;
/// The gradient's length, relative to where it began, at which it is done.
const TOLERANCE: f64 = 1e-4;

/// Messages by columns that are not zero.
#[derive(Debug)]
pub(super) struct Matrix {
    /// Where each row begins in `columns`; one more than there are rows.
    pub(super) starts: Vec<usize>,
    /// The columns of each row, with their values.
    pub(super) cells: Vec<(u32, f64)>,
}

impl Matrix {
    /// A matrix without rows.
    #[must_use]
    pub(super) fn new() -> Matrix {
        Matrix { starts: vec![0], cells: Vec::new() }
    }

    /// Adds a row.
    pub(super) fn push(&mut self, cells: impl Iterator<Item = (u32, f64)>) {
        self.cells.extend(cells);
        self.starts.push(self.cells.len());
    }

    /// How many rows there are.
    #[must_use]
    pub(super) fn rows(&self) -> usize {
        self.starts.len() - 1
    }

    /// The sum of a row's values, each times its column's weight.
    #[must_use]
    pub(super) fn product(&self, row: usize, weights: &[f64]) -> f64 {
        self.row(row).iter().map(|(column, value)| value * weights[*column as usize]).sum()
    }

    fn row(&self, row: usize) -> &[(u32, f64)] {
        &self.cells[self.starts[row]..self.starts[row + 1]]
    }
}

/// What is to be learned.
#[derive(Debug)]
pub(super) struct Problem<'a> {
    /// The messages.
    pub(super) matrix: &'a Matrix,
    /// Whether the signal is there, by row.
    pub(super) labels: &'a [bool],
    /// How much each row counts.
    pub(super) shares: &'a [f64],
    /// What each row's sum has before any weight.
    pub(super) offsets: &'a [f64],
    /// Where each weight is drawn to.
    pub(super) priors: &'a [f64],
    /// How strongly.
    pub(super) penalties: &'a [f64],
}

impl Problem<'_> {
    /// The loss at `weights`, with its gradient.
    fn loss(&self, weights: &[f64], gradient: &mut [f64]) -> f64 {
        let mut loss = 0.0;
        for (column, slot) in gradient.iter_mut().enumerate() {
            let off = weights[column] - self.priors[column];
            loss += 0.5 * self.penalties[column] * off * off;
            *slot = self.penalties[column] * off;
        }
        for row in 0..self.matrix.rows() {
            let sign = if self.labels[row] { 1.0 } else { -1.0 };
            let margin = sign * (self.offsets[row] + self.matrix.product(row, weights));
            // ln(1 + e^-m), without overflow.
            loss += self.shares[row] * ((-margin.abs()).exp().ln_1p() + (-margin).max(0.0));
            let slope = -sign * self.shares[row] / (1.0 + margin.exp());
            for (column, value) in self.matrix.row(row) {
                gradient[*column as usize] += slope * value;
            }
        }
        loss
    }

    /// The weights with the least loss.
    #[must_use]
    pub(super) fn solve(&self) -> Vec<f64> {
        let mut weights = self.priors.to_vec();
        let mut gradient = vec![0.0; weights.len()];
        let mut loss = self.loss(&weights, &mut gradient);
        let enough = length(&gradient) * TOLERANCE;
        let mut corrections: Vec<Correction> = Vec::new();
        for _ in 0..STEPS {
            if length(&gradient) <= enough {
                break;
            }
            let direction = descend(&gradient, &corrections);
            let slope = dot(&direction, &gradient);
            let mut step = if corrections.is_empty() { 1.0 / length(&gradient).max(1.0) } else { 1.0 };
            let mut next_gradient = vec![0.0; weights.len()];
            let (next, next_loss) = loop {
                let next: Vec<f64> =
                    weights.iter().zip(&direction).map(|(weight, part)| weight + step * part).collect();
                let next_loss = self.loss(&next, &mut next_gradient);
                if next_loss <= loss + 1e-4 * step * slope || step < 1e-10 {
                    break (next, next_loss);
                }
                step *= 0.5;
            };
            let moved: Vec<f64> = next.iter().zip(&weights).map(|(new, old)| new - old).collect();
            let bent: Vec<f64> = next_gradient.iter().zip(&gradient).map(|(new, old)| new - old).collect();
            let curvature = dot(&moved, &bent);
            if curvature > 1e-12 {
                if corrections.len() == MEMORY {
                    corrections.remove(0);
                }
                corrections.push(Correction { moved, bent, curvature });
            }
            (weights, gradient, loss) = (next, next_gradient, next_loss);
        }
        weights
    }
}

/// One step that was taken, and what it did to the gradient.
struct Correction {
    moved: Vec<f64>,
    bent: Vec<f64>,
    curvature: f64,
}

/// The direction of steepest descent, bent by what is known of the curvature.
fn descend(gradient: &[f64], corrections: &[Correction]) -> Vec<f64> {
    let mut direction: Vec<f64> = gradient.iter().map(|part| -part).collect();
    let mut factors = Vec::with_capacity(corrections.len());
    for correction in corrections.iter().rev() {
        let factor = dot(&correction.moved, &direction) / correction.curvature;
        add(&mut direction, -factor, &correction.bent);
        factors.push(factor);
    }
    if let Some(last) = corrections.last() {
        let scale = last.curvature / dot(&last.bent, &last.bent);
        direction.iter_mut().for_each(|part| *part *= scale);
    }
    for (correction, factor) in corrections.iter().zip(factors.iter().rev()) {
        let back = dot(&correction.bent, &direction) / correction.curvature;
        add(&mut direction, factor - back, &correction.moved);
    }
    direction
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

fn length(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

fn add(a: &mut [f64], times: f64, b: &[f64]) {
    a.iter_mut().zip(b).for_each(|(a, b)| *a += times * b);
}
