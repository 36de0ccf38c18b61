/** The shapes of docs/api.md that this app uses. */
export type Role = 'organization_admin' | 'billing_admin' | 'user_admin' | 'member';

export interface Me {
  userId: string;
  email: string;
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

export interface Invitation {
  invitationId: string;
  email: string;
  roles: Role[];
  status: 'pending' | 'accepted' | 'declined' | 'revoked' | 'expired';
  expiresAt: string;
  delivery: { status: string; reason?: string };
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

export const nameOf = (roles: Role[]): string => roles.map((role) => names[role]).join(', ');

export const dateOf = (text: string): string => new Date(text).toLocaleDateString(undefined, { dateStyle: 'medium' });
