use shared::{
    domain::User,
    failure::Failure,
    founding::Founding,
    http::{Code, Once, Problem, Reply},
    items::UserItem,
    table::{FoundingCheck, Occasion, RightToFound, StoreError, Table},
};

/// Why an organization was not created.
#[derive(Debug)]
pub(crate) enum NotCreated {
    /// R3: the user created one.
    AlreadyCreated,
    /// R3, R6: the user's sign-up is over.
    Closed,
}

impl NotCreated {
    /// `support_url`: where the user can ask for one more.
    pub(crate) fn into_problem(self, support_url: &str) -> Problem {
        match self {
            Self::AlreadyCreated => Problem::new(
                Code::OrganizationAlreadyCreated,
                format!("A user can create one organization. To get another one, contact {support_url}."),
            ),
            Self::Closed => Problem::new(
                Code::OrganizationCreationClosed,
                format!(
                    "Your sign-up is complete: you joined an organization by invitation. To get one of your own, contact {support_url}."
                ),
            ),
        }
    }
}

/// Creates an organization (R3, R5): by the right that sign-up gives, else by one that an operator granted.
pub(crate) async fn create_organization(
    table: &Table,
    founding: &Founding,
    once: Once,
    occasion: &Occasion,
) -> Result<Reply, Failure<NotCreated>> {
    let mut right = RightToFound::SignUp;
    loop {
        let refused = match table.found_organization(founding, right, once.record(), occasion).await? {
            Ok(committed) => return Ok(once.settle(committed)),
            Err(refused) => refused,
        };
        match refused.found::<UserItem, User>(FoundingCheck::Right)?.was() {
            Some(user) if user.granted_organizations > 0 && right == RightToFound::SignUp => {
                right = RightToFound::Grant;
            }
            Some(user) if user.founded.is_some() => return Err(Failure::Reason(NotCreated::AlreadyCreated)),
            Some(_) => return Err(Failure::Reason(NotCreated::Closed)),
            None => return Err(StoreError::contended("the user keeps changing").into()),
        }
    }
}
