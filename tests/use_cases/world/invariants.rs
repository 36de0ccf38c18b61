use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::World;

type Ids = BTreeSet<String>;

fn strings(value: &Value) -> Ids {
    value.as_array().into_iter().flatten().map(|text| text.as_str().unwrap().to_owned()).collect()
}

fn string(item: &Value, name: &str) -> String {
    item[name].as_str().unwrap_or_else(|| panic!("no {name} in {item}")).to_owned()
}

impl World {
    /// Everything that has to hold of one organization in every committed state. `users`: everybody who may have a pointer.
    pub(crate) async fn check_invariants(&self, organization: &str, users: &[&str]) {
        let items = self.items(&format!("ORG#{organization}")).await;
        let of = |entity: &str| items.iter().filter(|item| item["entity"] == entity).collect::<Vec<_>>();
        let members: BTreeMap<String, Ids> =
            of("member").iter().map(|member| (string(member, "user_id"), strings(&member["roles"]))).collect();

        // I1: at least one organization admin, and ADMINS counts them.
        let admins = members.values().filter(|roles| roles.contains("organization_admin")).count();
        assert!(admins > 0, "I1: no organization admin is left");
        assert_eq!(of("admins")[0]["admins"].as_u64().unwrap(), admins as u64, "I1: ADMINS has drifted");

        // Every member and invitation is in the list that it belongs to.
        for item in of("member").into_iter().chain(of("invitation")) {
            let list = match (item["state"].as_str(), strings(&item["roles"]).contains("member")) {
                (Some(state), _) => state,
                (None, true) => "members",
                (None, false) => "admins",
            };
            assert_eq!(item["list"], format!("{organization}#{list}"), "the list of {item}");
        }

        // I2: the pointer exists if and only if the membership does.
        for user in users {
            let pointers = self.items(&format!("USER#{user}")).await;
            let points = pointers.iter().any(|item| item["sk"] == format!("ORG#{organization}"));
            assert_eq!(points, members.contains_key(*user), "I2: pointer and membership of {user} differ");
        }

        // I3: one holder an address, and every live invitation and every member holds theirs.
        let pending: Vec<_> =
            of("invitation").into_iter().filter(|invitation| invitation["state"] == "pending").collect();
        // The indexes of pending invitations hold each of them, and nothing else.
        for invitation in of("invitation") {
            let is_pending = invitation["state"] == "pending";
            for name in ["expiry_slot", "invited_address"] {
                assert_eq!(invitation[name].is_string(), is_pending, "{name} of {invitation}");
            }
        }
        let mut holders: Ids = members.keys().cloned().collect();
        holders.extend(pending.iter().map(|invitation| string(invitation, "invitation_id")));
        let guards: Vec<String> = of("address_guard")
            .iter()
            .map(|guard| {
                if guard["member_id"].is_string() { string(guard, "member_id") } else { string(guard, "invitation_id") }
            })
            .collect();
        assert_eq!(guards.len(), guards.iter().collect::<BTreeSet<_>>().len(), "I3: somebody holds two addresses");
        assert_eq!(guards.into_iter().collect::<Ids>(), holders, "I3: the address guards have drifted");

        // R16: members and pending invitations take a seat each.
        let seats = &of("seats")[0];
        assert_eq!(
            seats["seats_used"].as_u64().unwrap(),
            (members.len() + pending.len()) as u64,
            "R16: seats have drifted"
        );
        assert!(seats["seats_used"].as_u64() <= seats["seat_limit"].as_u64(), "R16: more seats than there are");

        // R17: each change of a member's roles says truly which they were before.
        let ends = ["member.removed", "member.left"];
        let mut changes: Vec<_> =
            of("audit_record").into_iter().filter(|record| record["previous_roles"].is_array()).collect();
        changes.sort_by_key(|record| (string(record, "target"), string(record, "at")));
        for pair in changes.windows(2).filter(|pair| pair[0]["target"] == pair[1]["target"]) {
            let has_ended = ends.iter().any(|action| pair[0]["action"] == *action);
            assert!(has_ended || pair[0]["roles"] == pair[1]["previous_roles"], "R17: {} then {}", pair[0], pair[1]);
        }
        assert_eq!(of("past_membership").len(), changes.len(), "a past membership is missing");

        // R1: at least one workspace and one default; SUBSCRIPTION counts them, and each holds one name.
        let workspaces: Ids = of("workspace").iter().map(|workspace| string(workspace, "workspace_id")).collect();
        let defaults = of("workspace").iter().filter(|workspace| workspace["is_default"] == true).count();
        assert_eq!(defaults, 1, "R1: default workspaces");
        let names: Ids = of("workspace").iter().map(|workspace| string(workspace, "name").to_lowercase()).collect();
        assert_eq!(names.len(), workspaces.len(), "R1: two workspaces have one name");
        let subscription = &of("subscription")[0];
        // An earlier release counted nothing and guarded nothing.
        if let Some(used) = subscription["workspaces_used"].as_u64() {
            assert_eq!(used, workspaces.len() as u64, "R1: the number of workspaces has drifted");
            let held: Vec<_> = of("workspace_name").iter().map(|guard| string(guard, "workspace_id")).collect();
            assert_eq!(held.len(), workspaces.len(), "R1: guards of names are left over");
            assert_eq!(held.into_iter().collect::<Ids>(), workspaces, "R1: the guards of names have drifted");
        }

        // R23: every access is in both places, and says the same there.
        for access in of("workspace_access") {
            let (user, workspace) = (string(access, "user_id"), string(access, "workspace_id"));
            let pointer = self.item(&format!("USER#{user}"), &format!("WORKSPACE#{organization}#{workspace}")).await;
            for name in ["role", "joined_at"] {
                assert_eq!(access[name], pointer[name], "R23: {name} of the pointer of {user} to {workspace}");
            }
        }

        // I4: no membership without creating the organization or an accepted invitation. R17: each left its record.
        let accepted = of("invitation").iter().filter(|invitation| invitation["state"] == "accepted").count();
        let records = |action: &str| of("audit_record").iter().filter(|record| record["action"] == action).count();
        let ended = records("member.removed") + records("member.left");
        assert_eq!(members.len() + ended, 1 + accepted, "I4: memberships do not add up");
        assert_eq!(records("organization.created"), 1);
        assert_eq!(records("invitation.accepted"), accepted, "R17: an acceptance left no record");
    }
}
