//! I15: the states of an invitation, and the way on from each, as docs/concepts.md has them.

use std::time::Duration;

use serde_json::{Value, json};

use crate::world::{ADMIN, Answer, MEMBER, World};

const PAGE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/concepts.md");
const PAST_EXPIRY: Duration = Duration::from_secs(8 * 24 * 3600);

#[derive(Clone, Copy, Debug)]
enum State {
    Pending,
    InviterGone,
    Expired,
    Reclaimed,
    Accepted,
    Removed,
    Declined,
    Revoked,
}

impl State {
    const ALL: [(Self, &'static str); 8] = [
        (Self::Pending, "pending"),
        (Self::InviterGone, "pending, and its inviter has left"),
        (Self::Expired, "expired"),
        (Self::Reclaimed, "expired, and its seat is released"),
        (Self::Accepted, "accepted"),
        (Self::Removed, "accepted, and the member is removed"),
        (Self::Declined, "declined"),
        (Self::Revoked, "revoked"),
    ];
}

#[derive(Clone, Copy, Debug)]
enum Action {
    Accept,
    Decline,
    HaveResent,
    Resend,
    Revoke,
    InviteAgain,
}

impl Action {
    const ALL: [(Self, &'static str); 6] = [
        (Self::Accept, "accept"),
        (Self::Decline, "decline"),
        (Self::HaveResent, "resend to me"),
        (Self::Resend, "resend"),
        (Self::Revoke, "revoke"),
        (Self::InviteAgain, "invite again"),
    ];
}

/// An organization with two admins, `ada` and `ida`, and the invitation that `ida` made for `eve`.
struct Scene {
    world: World,
    organization: String,
    id: String,
    token: String,
}

impl Scene {
    /// Three seats for the admins and the invitation, and none to spare.
    async fn new(state: State) -> Self {
        let world = World::with_seats(3).await;
        let organization = world.creator("ada").await;
        world.join("ada", &organization, "ida", ADMIN).await;
        let token = world.invite("ida", &organization, "eve@example.com", MEMBER).await;
        world.sign_up("eve", None).await;
        let list = world.call("ada", "GET", &format!("/organizations/{organization}/invitations?limit=1"), None).await;
        let id = list.json["items"][0]["invitationId"].as_str().unwrap().to_owned();
        let scene = Self { world, organization, id, token };
        scene.reach(state).await;
        scene
    }

    async fn reach(&self, state: State) {
        let Self { world, organization, token, .. } = self;
        match state {
            State::Pending => {}
            State::InviterGone => world.remove("ada", organization, "ida").await.expect(204, ""),
            State::Expired => world.pass(PAST_EXPIRY),
            State::Reclaimed => {
                world.pass(PAST_EXPIRY);
                let other = world.invite("ada", organization, "bob@example.com", MEMBER).await;
                self.reply("decline", &other).await.expect(204, "");
            }
            State::Accepted => world.accept("eve", token).await.expect(200, ""),
            State::Removed => {
                world.accept("eve", token).await.expect(200, "");
                world.remove("ada", organization, "eve").await.expect(204, "");
            }
            State::Declined => self.reply("decline", token).await.expect(204, ""),
            State::Revoked => self.by_admin("DELETE", "", None).await.expect(204, ""),
        }
    }

    async fn reply(&self, action: &str, token: &str) -> Answer {
        self.world.call("eve", "POST", &format!("/invitations/{action}"), Some(json!({"token": token}))).await
    }

    async fn by_admin(&self, method: &str, rest: &str, body: Option<Value>) -> Answer {
        let path = format!("/organizations/{}/invitations/{}{rest}", self.organization, self.id);
        self.world.call("ada", method, &path, body).await
    }

    async fn act(&self, action: Action) -> Answer {
        match action {
            Action::Accept => self.reply("accept", &self.token).await,
            Action::Decline => self.reply("decline", &self.token).await,
            Action::HaveResent => {
                self.world.call("eve", "POST", &format!("/me/invitations/{}/resend", self.id), None).await
            }
            Action::Resend => self.by_admin("POST", "/resend", None).await,
            Action::Revoke => self.by_admin("DELETE", "", None).await,
            Action::InviteAgain => {
                let body = json!({"email": "eve@example.com", "roles": MEMBER});
                let path = format!("/organizations/{}/invitations", self.organization);
                self.world.call("ada", "POST", &path, Some(body)).await
            }
        }
    }
}

#[tokio::test]
async fn i15_every_state_of_an_invitation_has_a_way_on_and_the_page_says_which() {
    let mut rows = vec!["| state |".to_owned(), "|---|".to_owned()];
    for (_, action) in Action::ALL {
        rows[0] += &format!(" {action} |");
        rows[1] += "---|";
    }
    for (state, name) in State::ALL {
        let mut row = format!("| {name} |");
        let mut ways_on = 0;
        for (action, _) in Action::ALL {
            let scene = Scene::new(state).await;
            let answer = scene.act(action).await;
            ways_on += usize::from(answer.status < 300);
            let code = answer.code();
            row += &if code.is_empty() { " yes |".to_owned() } else { format!(" {} `{code}` |", answer.status) };
            scene.world.check_invariants(&scene.organization, &["ada", "eve", "ida"]).await;
        }
        // A member's way on is the membership itself.
        assert!(ways_on > 0 || matches!(state, State::Accepted), "{name} is a dead end: {row}");
        rows.push(row);
    }
    let page = std::fs::read_to_string(PAGE).unwrap();
    let table = rows.join("\n");
    assert!(page.contains(&table), "docs/concepts.md does not have this table:\n{table}");
}
