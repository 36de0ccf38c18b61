//! What is wrong with an answer, by docs/api.md and by who asked.

use std::time::Duration;

use acceptance::raw::RawAnswer;
use acceptance::seen::{self, Scanner};
use serde_json::Value;

use crate::request::{Request, Sender};
use crate::routes::{Matched, PUBLIC, Promises};
use crate::world::World;

/// Longer than any answer takes on a busy machine, and as long as a function may run.
const SLOWEST: Duration = Duration::from_secs(10);

/// Words that only the inside of the product knows.
const INTERNAL: [&str; 6] = ["dynamo", "transactwrite", "panick", "serviceerror", "sdk", "src/"];

/// A scanner for what no answer may hold.
pub(crate) fn scanner() -> Scanner {
    Scanner::new(|kind| [seen::INVITATION_SECRET, seen::SECRET_HASH, "token", "password"].contains(&kind))
}

/// A request, its route and its answer.
pub(crate) struct Exchange<'a> {
    pub(crate) request: &'a Request,
    pub(crate) matched: Option<&'a Matched>,
    pub(crate) answer: &'a RawAnswer,
    pub(crate) took: Duration,
}

type Verdict = Result<(), String>;

fn demand(holds: bool, complaint: impl FnOnce() -> String) -> Verdict {
    if holds { Ok(()) } else { Err(complaint()) }
}

impl Exchange<'_> {
    pub(crate) fn judge(&self, world: &World, promises: &Promises, scanner: &Scanner) -> Verdict {
        let RawAnswer { status, body, headers, .. } = self.answer;
        demand(*status < 500, || format!("{status} (I13)"))?;
        demand(self.took < SLOWEST, || format!("took longer than {SLOWEST:?}"))?;
        let secret = scanner.find(body).or_else(|| headers.iter().find_map(|(_, value)| scanner.find(value)));
        demand(secret.is_none(), || format!("the answer holds a secret ({})", secret.unwrap_or_default()))?;
        let Some(gateway_id) = self.answer.header("apigw-requestid") else {
            // The server's own refusal of what is no HTTP.
            return demand([400, 414, 431].contains(status) && body.is_empty(), || {
                format!("{status} past the gateway")
            });
        };
        let kind = self.answer.header("content-type").unwrap_or_default();
        if *status >= 400 && kind.starts_with("application/problem+json") {
            self.problem(promises, gateway_id)?;
        } else if *status >= 400 {
            self.refusal_by_the_gateway()?;
        } else {
            self.success(promises, kind)?;
        }
        self.access(world)
    }

    fn problem(&self, promises: &Promises, gateway_id: &str) -> Verdict {
        let body = &self.answer.body;
        let problem: Value = serde_json::from_str(body).map_err(|error| format!("no JSON: {error}"))?;
        let text = |name: &str| problem[name].as_str().unwrap_or_default();
        for member in ["title", "detail", "code"] {
            demand(!text(member).is_empty(), || format!("a problem without {member}"))?;
        }
        let code = text("code");
        let status = self.answer.status;
        let documented = promises.status_of(code);
        demand(documented == Some(status), || format!("{status} {code}: docs/api.md says {documented:?}"))?;
        demand(problem["status"] == status, || "the problem's own status differs".to_owned())?;
        demand(text("type") == format!("/problems/{code}"), || format!("type {}", text("type")))?;
        demand(text("requestId") == gateway_id, || "another requestId than the gateway's".to_owned())?;
        demand(self.matched.is_some(), || "a handler's answer where there is no route".to_owned())?;
        let words = format!("{} {}", problem["title"], problem["detail"]).to_lowercase();
        demand(!INTERNAL.iter().any(|word| words.contains(word)), || "internal words".to_owned())?;
        let errors = problem["errors"].as_array().map(Vec::as_slice).unwrap_or_default();
        let is_whole = |error: &Value| error["pointer"].is_string() && error["detail"].is_string();
        match code {
            "validation-failed" => demand(!errors.is_empty() && errors.iter().all(is_whole), || {
                "validation-failed without errors".to_owned()
            }),
            "permission-denied" | "role-not-grantable" => {
                let roles = problem["rolesThatMay"].as_array().is_some_and(|roles| !roles.is_empty());
                demand(roles && problem["requiredPermission"].is_string(), || format!("{code} says not who may"))
            }
            _ => Ok(()),
        }
    }

    fn refusal_by_the_gateway(&self) -> Verdict {
        let RawAnswer { status, body, .. } = self.answer;
        let own: Option<Value> = serde_json::from_str(body).ok();
        let own = own.as_ref().and_then(Value::as_object);
        // The answer to HEAD has no body.
        let is_whole = own.is_some_and(|own| own.len() == 1 && own["message"].is_string());
        demand(is_whole || self.request.method == "HEAD", || format!("{status}, and no problem"))?;
        let may = match self.matched {
            None => *status == 404,
            Some(_) => *status == 401 && [Sender::Nobody, Sender::Forger].contains(&self.request.sender),
        };
        demand(may, || format!("{status} by the gateway itself"))
    }

    fn success(&self, promises: &Promises, kind: &str) -> Verdict {
        let RawAnswer { status, body, .. } = self.answer;
        if self.request.method == "OPTIONS" {
            return demand(*status == 204, || format!("{status} for OPTIONS"));
        }
        let matched = self.matched.ok_or_else(|| format!("{status} where there is no route"))?;
        let documented = promises.success(&matched.route);
        demand(documented == Some(*status), || format!("{status}: docs/api.md says {documented:?}"))?;
        if *status == 204 {
            return demand(body.is_empty(), || "204 with a body".to_owned());
        }
        let is_json = kind.starts_with("application/json")
            && serde_json::from_str::<Value>(body).is_ok_and(|body| body.is_object());
        demand(is_json, || format!("{status} without an object of JSON"))
    }

    /// Who may not is told so, and those to whom an organization does not exist are told nothing else (R12).
    fn access(&self, world: &World) -> Verdict {
        let Some(matched) = self.matched else { return Ok(()) };
        let status = self.answer.status;
        let sender = self.request.sender;
        if [Sender::Nobody, Sender::Forger].contains(&sender) {
            return demand(status == 401 || PUBLIC.contains(&matched.route.as_str()), || {
                format!("{status} without a token")
            });
        }
        let Some(organization) = matched.parameter("organizationId") else { return Ok(()) };
        let id = &world.people[&sender].id;
        if sender == Sender::Foreigner && organization == world.foreign {
            return Ok(());
        }
        let roles = world.members.get(id).filter(|_| organization == world.organization);
        let Some(roles) = roles else {
            // A weak entity tag never matches, whatever it is compared with: it is refused before anything is looked up.
            let weak = |(name, value): &(String, String)| name == "If-Match" && value.starts_with("W/");
            let may = [400, 404, 413, 415, 422, 428].contains(&status)
                || (status == 412 && self.request.headers.iter().any(weak));
            return demand(may, || format!("{status} for somebody who is no member (R12)"));
        };
        let role = if matched.is("PATCH", "/organizations/{organizationId}/settings/billing") {
            Some("billing_admin")
        } else if matched.is("PATCH", "/organizations/{organizationId}/settings/general") {
            None
        } else {
            Some("user_admin")
        };
        let manages = roles.contains("organization_admin") || role.is_some_and(|role| roles.contains(role));
        let admin = roles.contains("organization_admin");
        let audit = matched.is("GET", "/organizations/{organizationId}/audit-records");
        demand(status >= 300 || !audit || admin, || format!("{status} for the audit records by {roles:?} (R7)"))?;
        let oneself = matched.parameter("userId") == Some(id);
        let writes = self.request.method != "GET";
        let leaves = oneself && self.request.method == "DELETE" && matched.parameter("workspaceId").is_none();
        demand(status >= 300 || !writes || manages || leaves, || format!("{status} for a write by {roles:?} (R7)"))?;
        // Workspace roles decide nothing here: those who manage workspaces may give themselves one.
        let in_workspace = matched.parameter("workspaceId").is_some();
        demand(status >= 300 || !oneself || !writes || leaves || in_workspace, || {
            format!("{status} for one's own roles (R9)")
        })
    }
}
