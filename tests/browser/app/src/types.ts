/** The shapes of docs/api.md that this app uses. */
export type Role = 'organization_admin' | 'billing_admin' | 'user_admin' | 'member';

export interface Me {
  userId: string;
  email: string;
  emailVerified: boolean;
  name: string | null;
  onboarding: {
    status: 'organization_required' | 'invitation_pending' | 'complete';
    mayCreateOrganization: boolean;
    invitations: number;
  };
  organizations: { organizationId: string; name: string; roles: Role[] }[];
}

export interface Page<T> {
  items: T[];
  nextCursor: string | null;
}

export interface Member {
  userId: string;
  email: string;
  name: string | null;
  roles: Role[];
  joinedAt: string;
}

export type InvitationStatus = 'pending' | 'expired' | 'accepted' | 'declined' | 'revoked';

export interface Invitation {
  invitationId: string;
  email: string;
  roles: Role[];
  status: InvitationStatus;
  expiresAt: string;
  delivery: { status: Delivery; reason?: string };
  /** Only in the response that creates or resends an invitation by link. */
  acceptUrl?: string;
}

export type Delivery = 'queued' | 'sent' | 'delivered' | 'bounced' | 'complained' | 'failed' | 'link';

/** An invitation to the reader. */
export interface MyInvitation extends Preview {
  invitationId: string;
}

export interface Preview {
  organizationName: string;
  inviterName: string | null;
  roles: Role[];
  expiresAt: string;
}

export type TabName = 'general' | 'users' | 'workspaces' | 'billing';

export interface Settings {
  tabs: { tab: TabName; access: 'view' | 'manage' }[];
}

export interface UsersTab {
  grantableRoles: Role[][];
}

const names: Record<Role, string> = {
  organization_admin: 'Organization admin',
  billing_admin: 'Billing admin',
  user_admin: 'User admin',
  member: 'Member',
};

/** The sets of roles that the reader may grant, as choices of a select. */
export const choicesOf = (users: UsersTab): [string, string][] =>
  users.grantableRoles.map((roles) => [roles.join(' '), nameOf(roles)]);

export const nameOf = (roles: Role[]): string => roles.map((role) => names[role]).join(', ');

export const dateOf = (text: string): string => new Date(text).toLocaleDateString(undefined, { dateStyle: 'medium' });
