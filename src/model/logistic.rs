//! From log-odds to strength, in whole numbers: the same on every machine.

use crate::score::Strength;

/// Between two entries of [`CURVE`], in thousandths of log-odds.
const STEP: u32 = 250;

/// 1000 / (1 + e^-x) for x = 0, 0.25, … 8, rounded.
const CURVE: [u32; 33] = [
    500, 562, 622, 679, 731, 777, 818, 852, 881, 905, 924, 940, 953, 963, 971, 977, 982, 986, 989, 991, 993, 995, 996,
    997, 998, 998, 998, 999, 999, 999, 999, 1000, 1000,
];

/// The strength whose log-odds are `log_odds` thousandths: 0 means one half.
#[must_use]
pub fn strength_of(log_odds: i32) -> Strength {
    let distance = log_odds.unsigned_abs();
    let (step, rest) = ((distance / STEP) as usize, distance % STEP);
    let above = match CURVE.get(step..step + 2) {
        Some(&[low, high]) => low + (high - low) * rest / STEP,
        _ => 1_000,
    };
    Strength::clamped(if log_odds < 0 { 1_000 - above as i32 } else { above as i32 })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn follows_the_logistic_function() {
        for log_odds in -9_000..=9_000 {
            let exact = 1_000.0 / (1.0 + (-f64::from(log_odds) / 1_000.0).exp());
            let strength = f64::from(strength_of(log_odds).thousandths());
            assert!((strength - exact).abs() < 3.5, "{log_odds}: {strength} for {exact}");
        }
    }

    #[test]
    fn never_falls_and_is_symmetric() {
        for log_odds in -9_000..9_000 {
            assert!(strength_of(log_odds) <= strength_of(log_odds + 1), "{log_odds}");
            assert_eq!(strength_of(log_odds).thousandths() + strength_of(-log_odds).thousandths(), 1_000);
        }
        assert_eq!(strength_of(i32::MIN), Strength::ZERO);
    }
}
