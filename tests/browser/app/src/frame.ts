import { a, h } from './dom.ts';
import { accessToken, leave } from './session.ts';

/** What is around every page. */
export async function frame(page: Node): Promise<Node> {
  const navigation = h('nav', {}, a('Example', '/'));
  if ((await accessToken()) !== undefined) {
    const signOut = h('button', { className: 'quiet' }, 'Sign out');
    signOut.addEventListener('click', () => void leave());
    navigation.append(h('span', { className: 'end' }, a('Your invitations', '/my-invitations'), a('Account', '/account'), signOut));
  }
  const fragment = document.createDocumentFragment();
  fragment.append(h('header', {}, navigation), h('main', {}, page));
  return fragment;
}
