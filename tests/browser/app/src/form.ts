import { Problem } from './api.ts';
import { h } from './dom.ts';
import { nameOf } from './types.ts';

export interface Field {
  name: string;
  label: string;
  type?: 'text' | 'email' | 'password' | 'select';
  value?: string;
  hint?: string;
  required?: boolean;
  autocomplete?: AutoFill;
  /** The choices of a select: value and text. */
  choices?: [string, string][];
}

export type Values = Record<string, string>;

/** A form that shows what went wrong, and says so to screen readers. */
export function form(submit: string, fields: Field[], action: (values: Values) => Promise<unknown>): HTMLFormElement {
  const button = h('button', {}, submit);
  const status = h('div', { className: 'status' });
  const element = h('form', {}, ...fields.map(control), status, button);
  element.addEventListener('submit', async (event) => {
    event.preventDefault();
    const values = Object.fromEntries([...new FormData(element)].map(([name, value]) => [name, String(value)]));
    button.disabled = true;
    status.replaceChildren();
    try {
      await action(values);
    } catch (error) {
      status.replaceChildren(alertOf(error, fields));
    } finally {
      button.disabled = false;
    }
  });
  return element;
}

/** A button that does one thing, which is not the main thing of the page. */
export function button(text: string, action: () => Promise<unknown>): HTMLElement {
  const element = form(text, [], action);
  element.classList.add('inline', 'secondary');
  return element;
}

/** What went wrong: the API's `code` and Cognito's error name are stable, the texts are for people. */
export function alertOf(error: unknown, fields: Field[] = []): HTMLElement {
  const element = h('div', { className: 'alert' }, h('p', {}, textOf(error)));
  element.setAttribute('role', 'alert');
  element.dataset.code = error instanceof Problem ? error.code : error instanceof Error ? error.name : '';
  if (error instanceof Problem && error.errors.length > 0) {
    const labelOf = (pointer: string) => fields.find(({ name }) => `/${name}` === pointer)?.label ?? pointer;
    element.replaceChildren(...error.errors.map(({ pointer, detail }) => h('p', {}, `${labelOf(pointer)} ${detail}`)));
  }
  return element;
}

function textOf(error: unknown): string {
  if (error instanceof Problem && error.code === 'permission-denied') {
    return `Your roles do not allow this. Ask a member with one of these roles: ${nameOf(error.rolesThatMay)}.`;
  }
  return error instanceof Error ? error.message : String(error);
}

export function notice(text: string): HTMLElement {
  const element = h('p', { className: 'notice' }, text);
  element.setAttribute('role', 'status');
  return element;
}

function control(field: Field): HTMLElement {
  const input = field.type === 'select' ? select(field) : h('input', { type: field.type ?? 'text' });
  Object.assign(input, { name: field.name, required: field.required ?? true, value: field.value ?? input.value });
  input.id = crypto.randomUUID();
  input.autocomplete = field.autocomplete ?? 'off';
  const element = h('div', { className: 'field' }, h('label', { htmlFor: input.id }, field.label), input);
  if (field.hint !== undefined) {
    const hint = h('small', { id: crypto.randomUUID() }, field.hint);
    input.setAttribute('aria-describedby', hint.id);
    element.append(hint);
  }
  return element;
}

const select = ({ choices = [] }: Field): HTMLSelectElement =>
  h('select', {}, ...choices.map(([value, text]) => h('option', { value }, text)));
