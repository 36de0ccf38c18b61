//! Invitation mails, and what becomes of an invitation whose mail does not go out (R15, I8).

use acceptance::organization::{text, was_sent};
use acceptance::suite::Test;
use acceptance::{APP_URL, Mail, NewPerson, Organization, SENDER_ADDRESS, Target, eventually, made_up, seen, tests};
use serde_json::json;

pub(crate) fn tests() -> Vec<Test> {
    tests![
        the_mail_says_who_invites_where_to,
        every_mail_has_its_own_secret,
        a_throttled_mail_arrives_once,
        a_mail_that_ses_does_not_answer_waits_alone_and_arrives,
        a_mail_refused_for_good_is_visible_and_costs_nothing_else,
        one_refused_mail_does_not_hold_up_the_others,
        a_message_is_shown_as_text,
        a_message_cannot_add_headers,
        an_inviters_name_cannot_inject_headers_or_markup,
        an_address_in_a_name_is_no_link,
        the_mail_begins_with_the_product_and_a_message_holds_no_link,
    ]
}

async fn the_mail_says_who_invites_where_to(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    let invitation = organization.invitation(&organization.creator, &email, &["member"]).await;
    let mails = target.mails_to(&email).await;
    let mail = &mails[0];
    assert_eq!(mails.len(), 1);
    assert!(mail.from == SENDER_ADDRESS || mail.from.ends_with(&format!(" <{SENDER_ADDRESS}>")), "{}", mail.from);
    assert!(mail.subject.contains(&organization.name), "{}", mail.subject);
    let link = format!("{APP_URL}/invitations/accept#token={}", invitation.token);
    let html = mail.html.as_deref().unwrap();
    // The token needs no escaping in HTML, or not every mail program would follow the link.
    for part in [mail.text.as_str(), html] {
        for expected in [&link, &organization.name, &organization.creator.name] {
            assert!(part.contains(expected.as_str()), "{expected} is missing: {part}");
        }
        assert!(!part.contains(&organization.creator.email), "the inviter's address is not for strangers: {part}");
    }
    assert!(html.contains(&format!("href=\"{link}\"")), "{html}");
    assert!(!html.contains("<script") && !html.contains("<img"), "nothing is loaded or run: {html}");
}

async fn every_mail_has_its_own_secret(target: Target) {
    let organization = Organization::create(&target).await;
    let mut secrets = Vec::new();
    for _ in 0..5 {
        let invitation = organization.invitation(&organization.creator, &made_up::email(), &["member"]).await;
        secrets.push(seen::secret_parts(&invitation.token)[0].to_owned());
    }
    secrets.sort_unstable();
    secrets.dedup();
    assert_eq!(secrets.len(), 5);
}

/// When another mail of the same organization has arrived, a second copy of the first would have, too.
async fn after_another_mail(organization: &Organization) {
    organization.invitation(&organization.creator, &made_up::email(), &["member"]).await;
}

async fn a_throttled_mail_arrives_once(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    target.fail_mails(&email, &[("TooManyRequestsException", 429), ("TooManyRequestsException", 429)]).await;
    let created = organization.invite(&organization.creator, &email, &["member"]).await.success(201);
    target.read_mail(&email, 0, Mail::invitation_token).await;
    let delivered = organization.delivered(&text(&created["invitationId"])).await;
    assert!(was_sent(&delivered), "{delivered}");
    after_another_mail(&organization).await;
    assert_eq!(target.mails_to(&email).await.len(), 1);
}

/// The schedule comes once a minute. A test that waited for it would take that long, so it calls the function as the schedule does.
async fn a_mail_that_ses_does_not_answer_waits_alone_and_arrives(target: Target) {
    let organization = Organization::create(&target).await;
    let email = made_up::email();
    target.fail_mails(&email, &[("InternalFailure", 500)]).await;
    let created = organization.invite(&organization.creator, &email, &["member"]).await.success(201);
    after_another_mail(&organization).await;
    let path = organization.path(&format!("/invitations/{}", text(&created["invitationId"])));
    let waiting = organization.creator.get(&path).await.success(200);
    assert_eq!(waiting["delivery"]["status"], "queued", "{waiting}");
    assert_eq!(waiting["delivery"]["reason"], "InternalFailure", "{waiting}");
    eventually("the mail that waited", async || {
        target.invoke("invitation-mailer", &json!({"task": "send-due-mails"})).await;
        target.mails_to(&email).await.pop()
    })
    .await;
    let delivered = organization.delivered(&text(&created["invitationId"])).await;
    assert!(was_sent(&delivered), "{delivered}");
    assert_eq!(target.mails_to(&email).await.len(), 1);
}

async fn a_mail_refused_for_good_is_visible_and_costs_nothing_else(target: Target) {
    let organization = Organization::create(&target).await;
    let member = organization.add(&["member"]).await;
    let creator = &organization.creator;
    let everything = async || {
        let mut bodies = Vec::new();
        for path in ["", "/members", "/settings/general", "/settings/workspaces"] {
            bodies.push(creator.get(&organization.path(path)).await.success(200));
        }
        bodies
    };
    let before = everything().await;
    let email = made_up::email();
    // As often as anybody could try again.
    target.fail_mails(&email, &[("MessageRejected", 400); 20]).await;
    let created = organization.invite(creator, &email, &["member"]).await.success(201);
    let invitation = organization.delivered(&text(&created["invitationId"])).await;
    assert_eq!(invitation["delivery"]["status"], "failed", "{invitation}");
    assert!(!text(&invitation["delivery"]["reason"]).is_empty(), "{invitation}");
    assert_eq!(invitation["status"], "pending", "the mail failed, not the invitation: {invitation}");
    assert_eq!(target.mails_to(&email).await.len(), 0);
    assert_eq!(everything().await, before);
    member.get(&organization.path("")).await.success(200);
    // Whoever was invited sees it after signing up, mail or no mail.
    let me = NewPerson::new(&target).email(&email).sign_up().await.me().await;
    assert_eq!(me["onboarding"]["status"], "invitation_pending", "{me}");
}

async fn one_refused_mail_does_not_hold_up_the_others(target: Target) {
    let organization = Organization::create(&target).await;
    let emails: Vec<_> = (0..6).map(|_| made_up::email()).collect();
    target.fail_mails(&emails[2], &[("MessageRejected", 400); 20]).await;
    for email in &emails {
        organization.invite(&organization.creator, email, &["member"]).await.success(201);
    }
    for (index, email) in emails.iter().enumerate() {
        if index != 2 {
            target.read_mail(email, 0, Mail::invitation_token).await;
        }
    }
    after_another_mail(&organization).await;
    for (index, email) in emails.iter().enumerate() {
        assert_eq!(target.mails_to(email).await.len(), usize::from(index != 2), "{index}");
    }
}

async fn invited_with(target: &Target, message: &str) -> Option<Mail> {
    let organization = Organization::create(target).await;
    let email = made_up::email();
    let body = json!({"email": email, "roles": ["member"], "message": message});
    let answer = organization.creator.post(&organization.path("/invitations"), &body).await;
    if answer.status == 422 {
        answer.invalid("/message");
        return None;
    }
    answer.success(201);
    target.read_mail(&email, 0, Mail::invitation_token).await;
    target.mails_to(&email).await.pop()
}

async fn a_message_is_shown_as_text(target: Target) {
    let word = made_up::word();
    let mail = invited_with(&target, &format!("Join us, {word}")).await.expect("a plain message is taken");
    assert!(mail.text.contains(&word) && mail.html.unwrap().contains(&word));
    for markup in ["<script>alert(1)</script>", "<a href=\"https://evil.example\">here</a>", "</p><h1>Pay now</h1>"] {
        // Refusing it would do, too; showing it as markup would not.
        if let Some(mail) = invited_with(&target, markup).await {
            assert!(!mail.html.as_deref().unwrap().contains(markup), "{:?}", mail.html);
        }
    }
}

async fn a_message_cannot_add_headers(target: Target) {
    let victim = made_up::email();
    for message in [format!("Hello\r\nBcc: {victim}"), format!("Hello\nSubject: Other\n\nBody for {victim}")] {
        if let Some(mail) = invited_with(&target, &message).await {
            assert!(!mail.subject.contains(['\r', '\n']) && !mail.subject.contains("Other"), "{}", mail.subject);
            assert!(!mail.from.contains(['\r', '\n']), "{}", mail.from);
        }
    }
    assert_eq!(target.mails_to(&victim).await.len(), 0);
}

/// A name is whatever somebody wrote into Cognito; the product's rules for names never saw it.
async fn an_inviters_name_cannot_inject_headers_or_markup(target: Target) {
    let word = made_up::word();
    for name in [
        format!("{word} <img src=x onerror=alert(1)>"),
        format!("{word}\r\nBcc: victim@example.com"),
        "\u{202e}".to_owned() + &word,
    ] {
        let person = NewPerson::new(&target).name(&name).metadata("organizationName", &made_up::organization_name());
        let creator = person.sign_up().await;
        let id = text(&creator.me().await["organizations"][0]["organizationId"]);
        let email = made_up::email();
        let body = json!({"email": email, "roles": ["member"]});
        creator.post(&format!("/organizations/{id}/invitations"), &body).await.success(201);
        target.read_mail(&email, 0, Mail::invitation_token).await;
        let mail = target.mails_to(&email).await.pop().unwrap();
        assert!(!mail.subject.contains(['\r', '\n', '\u{202e}']), "{:?}", mail.subject);
        assert!(!mail.from.contains(['\r', '\n']), "{:?}", mail.from);
        let html = mail.html.unwrap();
        assert!(!html.contains("<img") && !html.contains('\u{202e}'), "{html}");
    }
    assert_eq!(target.mails_to("victim@example.com").await.len(), 0);
}

/// Otherwise anybody could have the product mail their links to strangers.
async fn an_address_in_a_name_is_no_link(target: Target) {
    let elsewhere = "https://elsewhere.example/pay";
    let person = NewPerson::new(&target).name(&format!("{} {elsewhere}", made_up::word())).sign_up().await;
    let name = format!("{} {elsewhere}", made_up::word());
    let answer = person.post("/organizations", &json!({"name": name})).await;
    if answer.status == 422 {
        answer.invalid("/name");
        person.post("/organizations", &json!({"name": made_up::organization_name()})).await.success(201);
    } else {
        answer.success(201);
    }
    let id = text(&person.me().await["organizations"][0]["organizationId"]);
    let email = made_up::email();
    let body = json!({"email": email, "roles": ["member"]});
    person.post(&format!("/organizations/{id}/invitations"), &body).await.success(201);
    target.read_mail(&email, 0, Mail::invitation_token).await;
    let mail = target.mails_to(&email).await.pop().unwrap();
    assert!(!mail.html.as_deref().unwrap().contains(&format!("href=\"{elsewhere}")), "{:?}", mail.html);
    // Mail programs make links of whatever looks like one.
    for part in [&mail.subject, &mail.text] {
        assert!(!part.contains(elsewhere), "{part}");
    }
}

async fn the_mail_begins_with_the_product_and_a_message_holds_no_link(target: Target) {
    let message =
        "Claim at https://evil.example/pay or evil.example,\nwrite to pay@evil.example or call +1 555 123 4567";
    let mail = invited_with(&target, message).await.expect("a message with addresses is taken");
    let html = mail.html.clone().unwrap();
    let (product, _) = mail.subject.split_once(": ").expect("the product's name, then the rest");
    let (before, _) = html.split_once("<h1").expect("a heading");
    assert!(
        mail.text.starts_with(&format!("{product}\n\n")) && before.trim_end().ends_with(&format!(">{product}</div>")),
        "{html}"
    );
    for part in [&mail.text, &html] {
        for link in ["https://evil", "evil.example", "@evil", "555 123"] {
            assert!(!part.contains(link), "{part}");
        }
        assert!(part.contains("evil[.]example") && part.contains("+1[ ]555[ ]123[ ]4567"), "{part}");
    }
    // The button, the URL under it, and the way to decline.
    let link = format!("href=\"{APP_URL}/invitations/accept#token={}\"", mail.invitation_token().unwrap());
    assert_eq!((html.matches("href=").count(), html.matches(&link).count()), (3, 3), "{html}");
}
