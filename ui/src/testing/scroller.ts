// Sizes of elements in tests: jsdom has no layout.
import { vi } from 'vitest';

/** Gives every element this size, and makes every one visible. */
export function layOut(width = 800, height = 600) {
  const sizes = {
    offsetWidth: width,
    clientWidth: width,
    offsetHeight: height,
    clientHeight: height,
    scrollWidth: 1e8,
    scrollHeight: 1e8,
  };
  for (const [name, size] of Object.entries(sizes)) {
    Object.defineProperty(HTMLElement.prototype, name, { configurable: true, get: () => size });
  }
  vi.stubGlobal(
    'ResizeObserver',
    class {
      observe() {}
      unobserve() {}
      disconnect() {}
    },
  );
  vi.stubGlobal(
    'IntersectionObserver',
    class {
      constructor(readonly hear: (entries: unknown[]) => void) {}
      observe(target: Element) {
        this.hear([{ target, isIntersecting: true }]);
      }
      unobserve() {}
      disconnect() {}
    },
  );
  Element.prototype.scrollTo = function scrollTo(
    this: Element,
    options?: ScrollToOptions | number,
  ) {
    if (typeof options === 'object') {
      if (options.top !== undefined) this.scrollTop = options.top;
      if (options.left !== undefined) this.scrollLeft = options.left;
    }
    setTimeout(() => this.dispatchEvent(new Event('scroll')));
  } as Element['scrollTo'];
  // Without it, events of the pointer come without a place.
  if (!('PointerEvent' in window)) {
    vi.stubGlobal(
      'PointerEvent',
      class extends MouseEvent {
        readonly pointerId: number;
        readonly pointerType: string;
        constructor(type: string, how: PointerEventInit = {}) {
          super(type, how);
          this.pointerId = how.pointerId ?? 1;
          this.pointerType = how.pointerType ?? 'mouse';
        }
      },
    );
  }
}
