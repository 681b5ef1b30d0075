import '@testing-library/jest-dom/vitest';
import { configure } from '@testing-library/react';
import i18next from 'i18next';
import '@/text';

// Several test files run at once on few cores.
configure({ asyncUtilTimeout: 5000 });

// A text whose value is not given would be shown with its braces.
i18next.options.missingInterpolationHandler = (text, value) => {
  throw new Error(`${value[0]} of "${text}" is not given`);
};

// jsdom lays nothing out, so there is nothing to observe or to scroll to.
globalThis.ResizeObserver ??= class {
  observe() {}
  unobserve() {}
  disconnect() {}
};
Element.prototype.scrollIntoView ??= () => {};
// It has no pointer events either; switches make them of clicks.
globalThis.PointerEvent ??= class extends MouseEvent {} as typeof PointerEvent;
