use shared::{
    domain::{Timestamp, User, UserId},
    failure::Failure,
    http::{Code, Idempotency, Once, Problem, Reply},
    items::UserItem,
    new_organization::NewOrganization,
    table::{CreateOrganizationCheck, CreationState, Occasion, RightToCreate, StoreError, Table},
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
                format!("Each user can create one organization. To get another one, contact {support_url}."),
            ),
            Self::Closed => Problem::new(
                Code::OrganizationCreationClosed,
                format!(
                    "You joined an organization by invitation, which completed your sign-up. To get an organization of your own, contact {support_url}."
                ),
            ),
        }
    }
}

/// A batch is no transaction: it can read the record before the same request commits, and the user after. When the user says
/// that something was committed, one more look sees the record, too.
const LOOKS: usize = 1;

/// What is already clear from the table: the answer to the same request, or that the user may not. Refusing costs no
/// question to Cognito.
///
/// An answer is given again only to a user who is still a member of what it is about (I7).
pub(crate) async fn before(
    table: &Table,
    user: &UserId,
    idempotency: Option<&Idempotency>,
    now: Timestamp,
) -> Result<Option<Reply>, Failure<NotCreated>> {
    let mut looks = 0..LOOKS;
    loop {
        let CreationState { user: known, answered } =
            table.creation_state(user, idempotency.map(Idempotency::location)).await?;
        if let Some((kept, asked)) = answered.zip(idempotency)
            && let Some(answer) = kept.replay(asked.fingerprint(), now)?
            && let Some(organization) = answer.organization()
            && table.read_organization(organization, user).await?.open_to_members().is_ok()
        {
            return Ok(Some(answer.into()));
        }
        let Some(user) = known.filter(|user| !user.may_create_organization()) else { return Ok(None) };
        if idempotency.is_none() || looks.next().is_none() {
            return Err(Failure::Reason(why_not(&user)));
        }
    }
}

fn why_not(user: &User) -> NotCreated {
    if user.created_organization.is_some() { NotCreated::AlreadyCreated } else { NotCreated::Closed }
}

/// Creates an organization (R3, R5): by the right that sign-up gives, else by one that an operator granted.
pub(crate) async fn create_organization(
    table: &Table,
    new: &NewOrganization,
    once: Once,
    occasion: &Occasion,
) -> Result<Reply, Failure<NotCreated>> {
    let mut right = RightToCreate::SignUp;
    loop {
        let refused = match table.create_organization(new, right, once.record(), occasion).await? {
            Ok(committed) => return Ok(once.settle(committed)),
            Err(refused) => refused,
        };
        match refused.found::<UserItem, User>(CreateOrganizationCheck::Right)?.was() {
            Some(user) if user.granted_organizations > 0 && right == RightToCreate::SignUp => {
                right = RightToCreate::Grant;
            }
            Some(user) => return Err(Failure::Reason(why_not(&user))),
            None => return Err(StoreError::contended("the user keeps changing").into()),
        }
    }
}
