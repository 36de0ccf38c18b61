//! What the whole run left behind, looked at after the last test.

use acceptance::seen::{self, Scanner};
use acceptance::suite::{About, FinalCheck};
use serde_json::Value;

pub(crate) fn checks() -> Vec<FinalCheck> {
    use About::{EveryTest, OwnStack, WhateverRan};
    let check = |name, about, body| FinalCheck { name, about, body };
    vec![
        check("whole_run::every_log_line_is_json", OwnStack, every_log_line_is_json),
        check("whole_run::no_log_line_holds_a_secret_an_address_or_a_name", OwnStack, no_log_line_holds_a_secret),
        check("whole_run::what_was_counted_is_what_was_done", OwnStack, what_was_counted_is_what_was_done),
        check("whole_run::no_answer_holds_an_invitations_secret", WhateverRan, no_answer_holds_an_invitations_secret),
        check("whole_run::no_request_was_answered_with_a_5xx", WhateverRan, no_request_was_answered_with_a_5xx),
        check("whole_run::no_function_was_refused_anything", OwnStack, no_function_was_refused_anything),
        check("whole_run::every_grant_was_needed", EveryTest, every_grant_was_needed),
    ]
}

/// Up to ten complaints are enough to see what is wrong.
fn none(complaints: Vec<String>) -> Result<(), String> {
    if complaints.is_empty() {
        return Ok(());
    }
    let shown = complaints.iter().take(10).map(String::as_str).collect::<Vec<_>>().join("\n");
    Err(format!("{} in all:\n{shown}", complaints.len()))
}

fn log_lines() -> Result<Vec<String>, String> {
    let lines = seen::all_log_lines();
    if lines.is_empty() && !seen::exchanges().is_empty() {
        return Err("the functions answered and logged nothing: there is nothing to scan".to_owned());
    }
    Ok(lines)
}

fn every_log_line_is_json() -> Result<(), String> {
    none(log_lines()?.into_iter().filter(|line| serde_json::from_str::<Value>(line).is_err()).collect())
}

/// I11.
fn no_log_line_holds_a_secret() -> Result<(), String> {
    let scanner = Scanner::new(|_| true);
    let complaint = |line: String| {
        let kind = scanner.find(&line).or_else(|| seen::looks_like_a_jwt(&line).then_some("JWT"))?;
        Some(format!("{kind}: {line}"))
    };
    none(log_lines()?.into_iter().filter_map(complaint).collect())
}

/// The audit records say what was committed, however often it was tried, run or answered again.
fn what_was_counted_is_what_was_done() -> Result<(), String> {
    let lines: Vec<Value> = log_lines()?
        .iter()
        .filter_map(|line| serde_json::from_str(line).ok())
        .filter(|line: &Value| line["message"] == "counts")
        .collect();
    let counted = |metric: &str| lines.iter().filter_map(|line| line[metric].as_u64()).sum::<u64>();
    let pairs = [
        ("OrganizationsCreated", "organization.created"),
        ("InvitationsCreated", "invitation.created"),
        ("InvitationsAccepted", "invitation.accepted"),
        ("InvitationsDeclined", "invitation.declined"),
    ];
    let differs = pairs.into_iter().filter_map(|(metric, action)| {
        let (counted, done) = (counted(metric), seen::times_done(action) as u64);
        (counted != done).then(|| format!("{metric} says {counted}, the table has {done} records of {action}"))
    });
    let refused = seen::exchanges().iter().filter(|exchange| exchange.answer.contains("/problems/")).count() as u64;
    let unknown = (refused > 0 && counted("Problems") == 0).then(|| "no problem was counted".to_owned());
    none(differs.chain(unknown).collect())
}

/// R14.
fn no_answer_holds_an_invitations_secret() -> Result<(), String> {
    let scanner = Scanner::new(|kind| [seen::INVITATION_SECRET, seen::SECRET_HASH].contains(&kind));
    let complaint = |exchange: seen::Exchange| scanner.find(&exchange.answer).map(|_| format!("{exchange:?}"));
    none(seen::exchanges().into_iter().filter_map(complaint).collect())
}

/// I13: nothing here is the server's fault, so nothing may be answered as if it were.
fn no_request_was_answered_with_a_5xx() -> Result<(), String> {
    let failed = seen::exchanges().into_iter().filter(|exchange| exchange.status >= 500);
    none(failed.map(|exchange| format!("{exchange:?}")).collect())
}

/// The policies in the template allow everything that the functions do.
fn no_function_was_refused_anything() -> Result<(), String> {
    let complaint = |refusal: local_stack::Refusal| {
        format!("{}: {} on {} is not allowed by its policy", refusal.function, refusal.action, refusal.resource)
    };
    none(seen::all_refused().into_iter().map(complaint).collect())
}

/// And nothing else.
fn every_grant_was_needed() -> Result<(), String> {
    let complaint = |grant: local_stack::Grant| {
        let local_stack::Grant { function, sid, action, resource } = grant;
        format!("{function}: {action} on {resource} is allowed by {sid} and was never needed")
    };
    none(seen::all_unused().into_iter().map(complaint).collect())
}
