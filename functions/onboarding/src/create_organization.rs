use shared::{
    domain::{Timestamp, User, UserId},
    failure::Failure,
    http::{Code, Idempotency, Once, Problem, Reply},
    items::UserItem,
    new_organization::NewOrganization,
    table::{CreateOrganizationCheck, CreationState, Occasion, RightToCreate, StoreError, Table},
};

/// The reason why no organization was created.
#[derive(Debug)]
pub(crate) enum NotCreated {
    /// The user has already created an organization (R3).
    AlreadyCreated,
    /// The user's onboarding is complete (R3, R6).
    Closed,
}

impl NotCreated {
    /// Converts the reason into an error response. `support_url` is where the user can ask for one more organization.
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

/// The number of further reads. A batch is not a transaction: it can read the record before the same request commits,
/// and the user after that. If the user item shows that something was committed, one more read also returns the record.
const LOOKS: usize = 1;

/// Returns the result that the table already determines: the response to the same request, or that the user cannot
/// create an organization. So this case causes no call to Cognito.
///
/// A stored response is repeated only to a user who is still a member of its organization (I7).
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

/// Creates an organization (R3, R5), while onboarding is open or because an operator granted one more.
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
