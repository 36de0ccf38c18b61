//! The whole life of invitations, the clock included, against a pure model: every answer, and every so often the whole table.

mod answer;
mod mailer;
mod model;
mod operation;
mod product;
mod requests;
mod table;

use std::collections::BTreeMap;

use proptest::{
    collection::vec,
    prelude::*,
    test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner},
};
use shared::domain::Timestamp;

use model::{Limits, Model};
use operation::{Operation, operation};
use product::Product;

/// Names the number of steps. A run of a million takes hours.
const STEPS: &str = "INVITATION_STEPS";
/// Names the seed, a number. Runs with the same seed are the same.
const SEED: &str = "INVITATION_SEED";
/// Steps in one organization.
const LENGTH: usize = 250;
/// Steps after which the whole table is compared.
const COMPARED: usize = 25;

/// Small, so that each is reached all the time.
const LIMITS: Limits = Limits { seats: 4, inviter: 6, organization: 9, address: 4 };

fn number(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap_or_else(|_| panic!("{name} must be a number")))
}

/// How often each answer was given, by the kind of operation.
type Outcomes = BTreeMap<String, usize>;

async fn check(steps: &[Operation], outcomes: &mut Outcomes) -> Result<(), TestCaseError> {
    // Later than today: the engine's own clock has nothing to delete. Noon, so that no step ends near midnight by chance.
    let start: Timestamp = "2040-01-02T12:00:00Z".parse().unwrap();
    let mut product = Product::new(LIMITS, start).await;
    let mut model = Model::create(LIMITS, start.as_milliseconds());
    for (number, step) in steps.iter().enumerate() {
        let actual = product.perform(*step, &model).await;
        let expected = model.answer(*step);
        model.happen(*step);
        prop_assert_eq!(&actual, &expected, "step {}: {:?}", number, step);
        let mut arrived = product.arrived();
        arrived.sort_unstable();
        prop_assert_eq!(arrived, std::mem::take(&mut model.mailed), "emails, step {}: {:?}", number, step);
        if let Some(answer) = actual {
            let name = format!("{step:?}").split(['(', ' ']).next().unwrap_or_default().to_owned();
            *outcomes.entry(format!("{name} {} {}", answer.status, answer.code)).or_default() += 1;
        }
        if number % COMPARED == COMPARED - 1 || number + 1 == steps.len() {
            product.compare(&model).await;
            product.world.engine.clear_calls();
        }
    }
    Ok(())
}

#[test]
fn i12_the_life_of_invitations_agrees_with_the_model() {
    let steps = usize::try_from(number(STEPS).unwrap_or(500)).unwrap();
    let cases = u32::try_from(steps.div_ceil(LENGTH)).unwrap();
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let config = Config { cases, failure_persistence: None, max_shrink_time: 20_000, ..Config::default() };
    let mut seed = [0; 32];
    let given = number(SEED).unwrap_or_else(|| fastrand::u64(..));
    seed[..8].copy_from_slice(&given.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let outcomes = std::cell::RefCell::new(Outcomes::new());
    let tested =
        runner.run(&vec(operation(), LENGTH), |steps| runtime.block_on(check(&steps, &mut outcomes.borrow_mut())));
    tested.unwrap_or_else(|failure| panic!("seed {given}: {failure}"));
    println!("{} steps without a difference, seed {given}", cases as usize * LENGTH);
    for (outcome, times) in outcomes.into_inner() {
        println!("{times:>8} {outcome}");
    }
}
