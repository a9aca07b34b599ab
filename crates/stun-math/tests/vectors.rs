//! Holds every function to the model's vectors. A vector whose numbers do not fit into `u64` (most have 18 decimals) must
//! either be refused or cannot be asked; at least some of each function must be left, so that no file runs empty.
use serde_json::Value;
use stun_math::*;

fn cases(file: &str, function: &str) -> Vec<Value> {
    let path = format!("{}/../../model/vectors/{file}.json", env!("CARGO_MANIFEST_DIR"));
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"));
    let json: Value = serde_json::from_str(&text).expect("valid JSON");
    json["functions"][function].as_array().expect("a list of cases").clone()
}

/// A number of the input; `None` when it is negative or beyond `u64`.
fn number(case: &Value, name: &str) -> Option<u64> {
    case["in"][name].as_str().expect("a decimal string").parse().ok()
}

fn flag(case: &Value, name: &str) -> bool {
    case["in"][name].as_bool().expect("a boolean")
}

/// Compares one answer: equal to the model's, `Overflow` when that does not fit, an error where the model has one.
fn hold(case: &Value, got: Result<u64, MathError>) {
    match case["out"].as_str().map(str::parse::<u64>) {
        Some(Ok(expected)) => assert_eq!(got, Ok(expected), "{case}"),
        Some(Err(_)) => assert_eq!(got, Err(MathError::Overflow), "{case}"),
        None => assert!(got.is_err(), "{case}: the model refuses it with {}", case["error"]),
    }
}

/// Runs `function` on each case whose numbers fit; at least `least` of them must.
fn run(
    file: &str,
    function: &str,
    names: &[&str],
    least: usize,
    call: impl Fn(&Value, &[u64]) -> Result<u64, MathError>,
) {
    let mut count = 0;
    for case in cases(file, function) {
        let Some(numbers) = names.iter().map(|name| number(&case, name)).collect::<Option<Vec<u64>>>() else {
            continue;
        };
        hold(&case, call(&case, &numbers));
        count += 1;
    }
    assert!(count >= least, "only {count} cases of {function} fit into u64");
}

#[test]
fn vesting() {
    let names = ["total", "start", "cliff", "duration", "now"];
    run("vesting", "vested", &names, 20, |_, n| vested(n[0], n[1], n[2], n[3], n[4]));
}

#[test]
fn emission() {
    run("emission", "emitted", &["budget", "day"], 20, |_, n| emitted(n[0], n[1]));
    run("emission", "pot", &["budget", "day"], 20, |_, n| pot(n[0], n[1]));
    run("emission", "spendable", &["budget", "day", "carry"], 20, |_, n| spendable(n[0], n[1], n[2]));
}

#[test]
fn staking() {
    run("staking", "lockMultiplier", &["lock"], 20, |_, n| lock_multiplier(n[0]));
    run("staking", "stakeRate", &["lock"], 20, |_, n| stake_rate(n[0]));
    run("staking", "stakeReward", &["principal", "lock", "elapsed"], 20, |_, n| stake_reward(n[0], n[1], n[2]));
    let names = ["principal", "lock", "required"];
    run("staking", "providerMultiplier", &names, 20, |_, n| provider_multiplier(n[0], n[1], n[2]));
}

#[test]
fn rewards() {
    let names = ["seconds", "tier", "unit", "multiplier", "early"];
    run("rewards", "nominalReward", &names, 20, |case, n| {
        let bonus = Bonus { uptime: flag(case, "uptime"), speed: flag(case, "speed"), accuracy: flag(case, "quality") };
        nominal_reward(n[0], u8::try_from(n[1]).unwrap_or(0), n[2], bonus, n[3], n[4])
    });
}

#[test]
fn fees() {
    let mut count = 0;
    for case in cases("fees", "splitPrice") {
        let (Some(price), Some(fee_bps)) = (number(&case, "price"), number(&case, "feeBps")) else { continue };
        let got = split_price(price, fee_bps, flag(&case, "model"), flag(&case, "referrer"));
        count += 1;
        let Some(expected) = case["out"].as_object() else {
            assert!(got.is_err(), "{case}");
            continue;
        };
        let got = got.unwrap_or_else(|error| panic!("{case}: {error:?}"));
        let parts = [
            ("fee", got.fee),
            ("royalty", got.royalty),
            ("referral", got.referral),
            ("provider", got.provider),
            ("burn", got.burn),
            ("buyback", got.buyback),
            ("treasury", got.treasury),
        ];
        for (name, part) in parts {
            assert_eq!(expected[name].as_str(), Some(part.to_string().as_str()), "{name} of {case}");
        }
        assert_eq!(got.royalty + got.referral + got.provider + got.burn + got.buyback + got.treasury, price);
    }
    assert!(count >= 20, "only {count} cases of splitPrice fit into u64");
}
