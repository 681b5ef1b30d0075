import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/react';
import '@/text';

// Several test files run at once on few cores.
configure({ asyncUtilTimeout: 5000 });

// jsdom lays nothing out, so there is nothing to observe or to scroll to.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Element.prototype.scrollIntoView ??= () => {};
// It has no pointer events either; switches make them of clicks.
globalThis.PointerEvent ??= class extends MouseEvent {} as typeof PointerEvent;
