use std::sync::Arc;

use secrecy::{ExposeSecret, SecretString};
use thiserror::Error;

use crate::{
    application::{
        access::{Actor, ActorError, NotAuthorized, Permission},
        audit_trail::{AuditAction, RefusalReason},
        commands::{
            Changes, Registration, RegistrationError,
            links::{IssuedLink, LinkIssue},
        },
        ports::StorageError,
        views::UserView,
    },
    domain::user::Role,
};

/// Creates an account for another person.
///
/// - Open to admins for users, to super admins for users and admins. Nobody creates a super admin.
/// - Creates an active user, whether or not sign-up is enabled.
/// - Without a password it issues an invitation, by which the user sets one. Until then no log-in fits the account.
/// - Rejects an actor who was logged out or demoted while the password was hashed.
/// - Rejects a password unless admins set passwords: the actor would know it. This is checked after the role, and
///   before anything else in the request. Without a password, the user is invited.
/// - Rejects a username that breaks a rule, a password that is not
///   [accepted](crate::application::commands::NewPasswords), and a name that is or was taken, whatever its case.
pub struct CreateUser {
    pub(crate) registration: Arc<Registration>,
    pub(crate) link_issue: Arc<LinkIssue>,
    pub(crate) changes: Arc<Changes>,
    pub(crate) admins_set_passwords: bool,
}

/// The user to create.
#[derive(Debug)]
pub struct CreateUserRequest {
    /// The username.
    pub username: String,
    /// The first password. Without one, the user is invited to set it.
    pub password: Option<SecretString>,
    /// The role.
    pub role: Role,
}

/// The user who was created.
#[derive(Clone, Debug)]
pub struct CreatedUser {
    /// The user.
    pub user: UserView,
    /// The invitation, if the user has no password.
    pub invitation: Option<IssuedLink>,
}

/// Why the user was not created.
#[derive(Debug, Error)]
pub enum CreateUserError {
    /// The actor may not do this, or not to this user.
    #[error(transparent)]
    NotAuthorized(#[from] NotAuthorized),
    /// Admins set no passwords.
    #[error("Nobody sets the password of somebody else here.")]
    PasswordSettingClosed,
    /// The actor may no longer make changes.
    #[error(transparent)]
    Actor(#[from] ActorError),
    /// The registration was rejected.
    #[error(transparent)]
    Registration(#[from] RegistrationError),
    /// Storage failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl CreateUser {
    /// Executes the command.
    ///
    /// # Errors
    /// See [`CreateUserError`].
    pub async fn execute(&self, actor: &Actor, request: CreateUserRequest) -> Result<CreatedUser, CreateUserError> {
        let permission = Permission::manage(request.role);
        let action = match request.password {
            Some(_) => AuditAction::CreateUser,
            None => AuditAction::InviteUser,
        };
        self.changes.authorize(actor, action, permission)?;
        let user = match &request.password {
            Some(_) if !self.admins_set_passwords => {
                let reason = RefusalReason::PasswordSettingClosed;
                self.changes.audit.refused(actor, action, None, reason);
                return Err(CreateUserError::PasswordSettingClosed);
            }
            Some(password) => {
                let password = password.expose_secret();
                let candidate = self.registration.check(actor.into(), &request.username, password);
                self.registration.prepare(candidate.await?, request.role).await?
            }
            None => self.registration.invite(&request.username, request.role)?,
        };

        let change = self.changes.begin(actor, action).await?;
        change.authorize(permission)?;
        let transaction = change.transaction.as_ref();
        self.registration.insert(transaction, &user).await?;
        let invitation = match user.is_invited() {
            true => Some(self.link_issue.issue(transaction, &user, change.now).await?),
            false => None,
        };
        change.commit(user.id()).await?;
        log::info!("user {} created {} {}", actor.id(), user.role(), user.id());
        Ok(CreatedUser {
            user: UserView::from(&user),
            invitation,
        })
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::{
        application::{
            commands::account::LogInError,
            ports::HashClient,
            testing::{World, log_in_request, user},
        },
        domain::link::LinkKind,
    };

    async fn create_user(
        world: &World,
        actor: &Actor,
        username: &str,
        role: Role,
    ) -> Result<UserView, CreateUserError> {
        let created = create(world, actor, username, Some("correct horse"), role).await?;
        assert!(created.invitation.is_none());
        Ok(created.user)
    }

    async fn create(
        world: &World,
        actor: &Actor,
        username: &str,
        password: Option<&str>,
        role: Role,
    ) -> Result<CreatedUser, CreateUserError> {
        let create_user = CreateUser {
            registration: world.registration(),
            link_issue: world.link_issue(),
            changes: world.changes(),
            admins_set_passwords: true,
        };
        let request = CreateUserRequest {
            username: username.into(),
            password: password.map(Into::into),
            role,
        };
        create_user.execute(actor, request).await
    }

    #[tokio::test]
    async fn without_a_password_the_user_is_invited_and_nothing_is_hashed() {
        let world = World::new();
        let actor = world.actor(Role::Admin);
        let created = create(&world, &actor, "alice", None, Role::User).await.unwrap();
        let (user, invitation) = (created.user, created.invitation.unwrap());
        assert!(user.is_invited && user.is_active);
        assert_eq!(world.hash_count(), 0);
        let shown = world.read_link(&invitation.token).await.unwrap();
        assert_eq!((shown.user_id, shown.kind), (user.id, LinkKind::Invitation));
        assert_eq!(world.done(), [(AuditAction::InviteUser, user.id)]);

        let refusal = world.log_in().execute(log_in_request("alice", "")).await;
        assert!(matches!(refusal, Err(LogInError::InvalidCredentials)));
        assert_eq!(world.hash_count(), 1, "as many as for a wrong password");
    }

    #[rstest]
    #[case(Role::User, Role::User)]
    #[case(Role::Admin, Role::Admin)]
    #[tokio::test]
    async fn nobody_invites_equal_or_higher_roles(#[case] role: Role, #[case] invited: Role) {
        let world = World::new();
        let actor = world.actor(role);
        let refusal = create(&world, &actor, "alice", None, invited).await;
        assert!(matches!(refusal, Err(CreateUserError::NotAuthorized(_))));
        assert_eq!(world.link_count(), 0);
    }

    #[rstest]
    #[case(Role::Admin, Role::User)]
    #[case(Role::SuperAdmin, Role::User)]
    #[case(Role::SuperAdmin, Role::Admin)]
    #[tokio::test]
    async fn a_user_of_a_lower_role_is_created(#[case] role: Role, #[case] created: Role) {
        let world = World::new();
        let actor = world.actor(role);
        let view = create_user(&world, &actor, "alice", created).await.unwrap();
        assert_eq!((view.role, view.is_active), (created, true));
        assert!(world.user(view.id).await.is_some());
        assert_eq!(world.password_hasher().clients(), [HashClient::User(actor.id())]);
    }

    #[rstest]
    #[case(Role::User, Role::User)]
    #[case(Role::Admin, Role::Admin)]
    #[case(Role::Admin, Role::SuperAdmin)]
    #[case(Role::SuperAdmin, Role::SuperAdmin)]
    #[tokio::test]
    async fn nobody_creates_equal_or_higher_roles_and_the_name_is_not_checked(
        #[case] role: Role,
        #[case] created: Role,
    ) {
        let world = World::new();
        let actor = world.actor(role);
        let refusal = create_user(&world, &actor, "?", created).await;
        assert!(matches!(refusal, Err(CreateUserError::NotAuthorized(_))));
    }

    #[tokio::test]
    async fn where_admins_set_no_passwords_a_password_is_refused_and_noted() {
        let world = World::new();
        let create_user = CreateUser {
            registration: world.registration(),
            changes: world.changes(),
            link_issue: world.link_issue(),
            admins_set_passwords: false,
        };
        let request = |role| CreateUserRequest {
            username: "?".into(),
            password: Some("short".into()),
            role,
        };
        let actor = world.actor(Role::Admin);
        let refusal = create_user.execute(&actor, request(Role::User)).await;
        assert!(matches!(refusal, Err(CreateUserError::PasswordSettingClosed)));
        let [noted] = &world.refusals()[..] else {
            panic!("there is one refusal")
        };
        let reason = Some(RefusalReason::PasswordSettingClosed);
        assert_eq!((noted.action, noted.refusal), (AuditAction::CreateUser, reason));

        let invitation = CreateUserRequest {
            username: "brian".into(),
            password: None,
            role: Role::User,
        };
        assert!(
            create_user
                .execute(&actor, invitation)
                .await
                .unwrap()
                .invitation
                .is_some()
        );
        let refusal = create_user.execute(&actor, request(Role::Admin)).await;
        assert!(matches!(refusal, Err(CreateUserError::NotAuthorized(_))));
    }

    #[tokio::test]
    async fn a_name_that_is_taken_is_refused() {
        let world = World::with([user("alice", Role::User)]).await;
        let actor = world.actor(Role::Admin);
        let refusal = create_user(&world, &actor, "Alice", Role::User).await;
        assert!(matches!(
            refusal,
            Err(CreateUserError::Registration(RegistrationError::UsernameAlreadyExists))
        ));
    }

    #[tokio::test]
    async fn the_name_of_an_erased_user_is_refused() {
        let world = World::new();
        world.erase_username("alice", 0).await;
        let refusal = create_user(&world, &world.actor(Role::Admin), "Alice", Role::User).await;
        assert!(matches!(
            refusal,
            Err(CreateUserError::Registration(RegistrationError::UsernameAlreadyExists))
        ));
    }

    #[tokio::test]
    async fn an_actor_who_is_logged_out_while_the_password_is_hashed_creates_nobody() {
        let world = World::new();
        let actor = world.actor(Role::SuperAdmin);
        world.while_hashing({
            let (store, session) = (world.store(), actor.session_id());
            move || store.remove_session(session)
        });
        let refusal = create_user(&world, &actor, "backdoor", Role::Admin).await;
        assert!(matches!(
            refusal,
            Err(CreateUserError::Actor(ActorError::NotAuthenticated(_)))
        ));
        assert_eq!(world.user_count(), 1);
    }
}
