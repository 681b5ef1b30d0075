// A shadow root for text editors. The window's rules allow no style elements; inside a shadow
// root the editor's styles are constructed sheets, which they do allow.

export interface ShadowEditor {
  root: ShadowRoot;
  parent: HTMLElement;
}

/** Makes the root below an element, once; keys that the window gives back reach the editor. */
export function shadowEditor(host: HTMLElement): ShadowEditor {
  const known = host.shadowRoot;
  const root = known ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
  root.replaceChildren();
  const parent = host.ownerDocument.createElement('div');
  parent.style.height = '100%';
  root.append(parent);
  return { root, parent };
}

/** Hands keys that were sent to the host itself on to what has the focus inside. */
export function handOn(host: HTMLElement): () => void {
  const hear = (event: KeyboardEvent) => {
    const inside = host.shadowRoot?.activeElement;
    if (!inside || event.composedPath()[0] !== host) return;
    const copy = new KeyboardEvent('keydown', {
      key: event.key,
      code: event.code,
      ctrlKey: event.ctrlKey,
      shiftKey: event.shiftKey,
      altKey: event.altKey,
      metaKey: event.metaKey,
      bubbles: true,
      cancelable: true,
    });
    inside.dispatchEvent(copy);
    event.preventDefault();
    event.stopPropagation();
  };
  host.addEventListener('keydown', hear);
  return () => host.removeEventListener('keydown', hear);
}
