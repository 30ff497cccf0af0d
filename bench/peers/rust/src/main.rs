//! The jsonschema crate on the values of bench_schema.
//!
//!     validators DOCUMENTS [SECONDS [ROUNDS]]
//!
//! A line of JSON for each: {"peer":"jsonschema crate","name":"order valid","ns":…}. Names and units
//! are those of bench_schema: the verdict on one value that is already parsed, in processor time.

use serde_json::Value;
use std::hint::black_box;

struct Plan {
    seconds: f64,
    rounds: usize,
}

/// What this thread has used of a processor.
fn processor_seconds() -> f64 {
    let mut used = libc::timespec {
        tv_sec: 0,
        tv_nsec: 0,
    };
    // SAFETY: `used` is a timespec to write to.
    unsafe { libc::clock_gettime(libc::CLOCK_THREAD_CPUTIME_ID, &mut used) };
    used.tv_sec as f64 + used.tv_nsec as f64 * 1e-9
}

/// The median over rounds of nanoseconds for one call.
fn time(plan: &Plan, mut operation: impl FnMut()) -> f64 {
    let mut run = |count: u64| {
        let begun = processor_seconds();
        for _ in 0..count {
            operation();
        }
        processor_seconds() - begun
    };
    let mut count = 1;
    loop {
        let took = run(count);
        if took >= plan.seconds {
            break;
        }
        let wanted = (plan.seconds / took.max(1e-6) * 1.05).min(100.0);
        count = (count as f64 * wanted) as u64 + 1;
    }
    let mut rounds: Vec<f64> = (0..plan.rounds).map(|_| run(count)).collect();
    rounds.sort_by(f64::total_cmp);
    rounds[rounds.len() / 2] / count as f64 * 1e9
}

fn report(name: &str, ns: f64) {
    println!("{{\"peer\":\"jsonschema crate\",\"name\":\"{name}\",\"ns\":{ns:.1}}}");
}

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let arguments: Vec<String> = std::env::args().collect();
    let number = |at: usize, fallback: f64| arguments.get(at).map_or(Ok(fallback), |a| a.parse());
    let plan = Plan {
        seconds: number(2, 0.2)?,
        rounds: number(3, 9.0)? as usize,
    };
    let mut paths: Vec<_> = std::fs::read_dir(&arguments[1])?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()?;
    paths.sort();
    for path in paths {
        let file = path
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        let Some(name) = file.strip_suffix("-values.json") else {
            continue;
        };
        let document: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
        let validator = jsonschema::validator_for(&document["schema"])?;
        for (kind, wanted) in [("valid", true), ("invalid", false)] {
            let values = document[kind].as_array().ok_or("no values")?;
            assert!(
                values
                    .iter()
                    .all(|value| validator.is_valid(value) == wanted),
                "{file}"
            );
            let ns = time(&plan, || {
                for value in values {
                    black_box(validator.is_valid(black_box(value)));
                }
            });
            report(&format!("{name} {kind}"), ns / values.len() as f64);
        }
        let texts: Vec<String> = document["valid"]
            .as_array()
            .ok_or("no values")?
            .iter()
            .map(Value::to_string)
            .collect();
        let ns = time(&plan, || {
            for text in &texts {
                let value: Value = serde_json::from_str(black_box(text)).expect("JSON");
                black_box(validator.is_valid(&value));
            }
        });
        report(&format!("{name} valid, text"), ns / texts.len() as f64);
    }
    Ok(())
}
