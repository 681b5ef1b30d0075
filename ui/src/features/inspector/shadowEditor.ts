// A shadow root for text editors. The content security policy forbids style elements; inside a shadow
// root the editor uses constructed style sheets, which it allows.

export interface ShadowEditor {
  root: ShadowRoot;
  parent: HTMLElement;
}

/** Creates the shadow root of an element, once. */
export function shadowEditor(host: HTMLElement): ShadowEditor {
  const known = host.shadowRoot;
  const root = known ?? host.attachShadow({ mode: 'open', delegatesFocus: true });
  root.replaceChildren();
  const parent = host.ownerDocument.createElement('div');
  parent.style.height = '100%';
  root.append(parent);
  return { root, parent };
}

/** Forwards keys that are sent to the host to the focused element inside. */
export function forwardKeys(host: HTMLElement): () => void {
  const forward = (event: KeyboardEvent) => {
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
  host.addEventListener('keydown', forward);
  return () => host.removeEventListener('keydown', forward);
}
