import { api } from '../api.ts';
import { a, h, section } from '../dom.ts';
import { link, parameter } from '../session.ts';
import { dateOf, type Settings, type TabName } from '../types.ts';

/** The tabs that the reader may open, and the one that is open. */
export async function settings(): Promise<Node> {
  const organization = parameter('organization') ?? '';
  const path = `/organizations/${encodeURIComponent(organization)}/settings`;
  const { tabs } = await api<Settings>(path);
  const open = (parameter('tab') ?? 'general') as TabName;
  const contents = await api<Record<string, unknown>>(`${path}/${open}`);
  const entries = tabs.map(({ tab, access }) => {
    const entry = a(title(tab), link('/settings', { organization, tab }));
    if (tab === open) entry.setAttribute('aria-current', 'page');
    entry.dataset.access = access;
    return entry;
  });
  const shown = Object.entries(contents).filter(([name]) => !hidden.has(name));
  return section(
    'Settings',
    h('nav', { className: 'tabs' }, ...entries),
    h('dl', {}, ...shown.flatMap(([name, value]) => [h('dt', {}, title(name)), h('dd', {}, text(name, value))])),
  );
}

const hidden = new Set(['tab', 'organizationId', 'grantableRoles']);

/** `createdAt` → `Created at`. A product of yours names its fields itself. */
function title(name: string): string {
  const words = name.replace(/[A-Z]/g, (letter) => ` ${letter.toLowerCase()}`);
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function text(name: string, value: unknown): string {
  if (value === null) return '–';
  if (name.endsWith('At')) return dateOf(String(value));
  if (Array.isArray(value)) return value.map((entry) => entry.name).join(', ');
  return String(value);
}
