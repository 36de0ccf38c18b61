/** An element with properties and children. Texts become text nodes, so nothing that a person wrote is read as HTML. */
export function h<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  properties: Partial<HTMLElementTagNameMap[Name]> = {},
  ...children: (Node | string)[]
): HTMLElementTagNameMap[Name] {
  const element = Object.assign(document.createElement(name), properties);
  element.append(...children);
  return element;
}

export const a = (text: string, href: string): HTMLAnchorElement => h('a', { href }, text);

export const paragraph = (...children: (Node | string)[]): HTMLElement => h('p', {}, ...children);

/** A link that looks like a button. */
export const asButton = (text: string, href: string): HTMLElement => h('a', { href, className: 'button' }, text);

/** A heading with what belongs to it. */
export const section = (title: string, ...children: (Node | string)[]): HTMLElement =>
  h('section', {}, h('h1', {}, title), ...children);

export const card = (title: string, ...children: (Node | string)[]): HTMLElement =>
  h('article', {}, h('h2', {}, title), ...children);
