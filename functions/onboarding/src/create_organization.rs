use shared::{
    domain::User,
    founding::Founding,
    http::{Code, Idempotency, Problem, Reply, Reused},
    items::{Answer, IdempotencyItem, UserItem},
    table::{FoundingCheck, Occasion, Refused, RightToFound, StoreError, Table, WriteError},
};

/// Why an organization was not founded.
#[derive(Debug, thiserror::Error)]
pub enum CreateOrganizationError {
    /// R3: the user founded one.
    #[error("the user has founded an organization")]
    AlreadyCreated,
    /// R3, R6: the user's sign-up is over.
    #[error("the user's sign-up is over")]
    Closed,
    /// I9
    #[error("the idempotency key belongs to another request")]
    Reused,
    /// The table did not do its part.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl CreateOrganizationError {
    /// `support_url`: where the user can ask for one more.
    pub fn into_problem(self, support_url: &str) -> Problem {
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
            Self::Reused => Reused.into(),
            Self::Store(error) => error.into(),
        }
    }
}

/// What came of it.
#[derive(Debug)]
pub enum Created {
    /// The organization was founded.
    Now,
    /// The same request had founded it before; this is what it was answered.
    Before(Answer),
}

/// Founds an organization (R3, R5): by the right that sign-up gives, else by one that an operator granted.
///
/// # Errors
/// See [`CreateOrganizationError`].
pub async fn create_organization(
    table: &Table,
    founding: &Founding,
    reply: &Reply,
    idempotency: Option<&Idempotency>,
    occasion: &Occasion,
) -> Result<Created, CreateOrganizationError> {
    let record = idempotency.map(|idempotency| idempotency.record(reply, occasion.at));
    let mut right = RightToFound::SignUp;
    loop {
        match table.found_organization(founding, right, record.as_ref(), occasion).await {
            Ok(()) => return Ok(Created::Now),
            Err(WriteError::Store(error)) => return Err(error.into()),
            Err(WriteError::Refused(refused)) => {
                if let Some(answer) = answered(&refused, idempotency, occasion)? {
                    return Ok(Created::Before(answer));
                }
                let user = refused.found::<UserItem>(FoundingCheck::Right).map_err(StoreError::from)?.flatten();
                let user = user.map(User::from);
                match user {
                    Some(user) if user.granted_organizations > 0 && right == RightToFound::SignUp => {
                        right = RightToFound::Grant
                    }
                    Some(user) if user.founded.is_some() => return Err(CreateOrganizationError::AlreadyCreated),
                    Some(_) => return Err(CreateOrganizationError::Closed),
                    None => return Err(StoreError::Unexpected("a new id was not new".into()).into()),
                }
            }
        }
    }
}

/// The answer to the same request, if that is why this one was refused.
fn answered(
    refused: &Refused<FoundingCheck>,
    idempotency: Option<&Idempotency>,
    occasion: &Occasion,
) -> Result<Option<Answer>, CreateOrganizationError> {
    let record = refused.found::<IdempotencyItem>(FoundingCheck::Idempotency).map_err(StoreError::from)?.flatten();
    match record.zip(idempotency) {
        Some((record, idempotency)) => {
            idempotency.replay(record, occasion.at).map_err(|Reused| CreateOrganizationError::Reused)
        }
        None => Ok(None),
    }
}
