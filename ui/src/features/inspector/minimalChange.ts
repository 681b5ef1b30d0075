// Computes the smallest replacement between two texts, so that the cursor stays.

export interface Replacement {
  from: number;
  to: number;
  insert: string;
}

export function minimalChange(former: string, now: string): Replacement | null {
  if (former === now) return null;
  const most = Math.min(former.length, now.length);
  let start = 0;
  while (start < most && former[start] === now[start]) start += 1;
  let end = 0;
  while (end < most - start && former[former.length - 1 - end] === now[now.length - 1 - end]) {
    end += 1;
  }
  return { from: start, to: former.length - end, insert: now.slice(start, now.length - end) };
}
