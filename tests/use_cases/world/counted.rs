use std::sync::{Arc, Mutex};

use serde_json::Value;
use shared::metrics::{Metric, Metrics};

/// The lines of metrics that the functions wrote.
#[derive(Clone, Default)]
pub(crate) struct Counted(Arc<Mutex<Vec<Value>>>);

impl Counted {
    pub(crate) fn metrics(&self) -> Metrics {
        let lines = self.0.clone();
        Metrics::new(move |line| lines.lock().unwrap().push(serde_json::from_str(line).unwrap()))
    }

    /// The values of one metric, line by line.
    pub(crate) fn values(&self, metric: Metric) -> Vec<i64> {
        self.0.lock().unwrap().iter().filter_map(|line| line[metric.name()].as_i64()).collect()
    }

    pub(crate) fn total(&self, metric: Metric) -> i64 {
        self.values(metric).into_iter().sum()
    }

    /// How many problems had this code.
    pub(crate) fn problems(&self, code: &str) -> usize {
        self.0.lock().unwrap().iter().filter(|line| line["code"] == code && line[Metric::Problems.name()] == 1).count()
    }
}
