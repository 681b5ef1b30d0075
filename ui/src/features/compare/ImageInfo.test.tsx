import { render, screen } from '@testing-library/react';
import { expect, test } from 'vitest';
import { asset } from '@/testing/assets';
import { preview } from '@/testing/previews';
import { VariantInfo } from './ImageInfo';

test('the word for an estimate has its place also where the size is exact', () => {
  const show = (draft: boolean) => (
    <VariantInfo
      asset={asset(1)}
      active={null}
      name="hero"
      preview={preview({ draft })}
      current
      error={null}
    />
  );
  const { rerender } = render(show(true));
  expect(screen.getByText('estimate')).toBeVisible();
  rerender(show(false));
  expect(screen.getByText('estimate')).not.toBeVisible();
});
